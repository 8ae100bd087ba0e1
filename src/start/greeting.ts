import { isLoopback } from '../config.ts'
import type { EmbeddedPostgres } from '../db/embedded.ts'

export interface Started {
  readonly hubUrl: string
  /** Where it listens, as an URL; `hubUrl` may be a proxy's. */
  readonly listensOn: string
  /** Null: the operator's own Postgres. */
  readonly postgres: Pick<EmbeddedPostgres, 'dataDirectory' | 'binariesDirectory' | 'runsAs'> | null
  /** Told on the first start only; null on every other. */
  readonly adminToken: string | null
}

/** What a person wants to know once the hub is up, with commands to paste. */
export function greeting({ hubUrl, listensOn, postgres, adminToken }: Started): string {
  return [
    `Fanfare is ready: ${hubUrl}`,
    '',
    `Listens on: ${listensOn}${whoReaches(hubUrl, listensOn)}`,
    ...(postgres === null ? ['Data: in the Postgres of DATABASE_URL'] : whereThingsAre(postgres)),
    ...(adminToken === null ? [] : ['', `Admin token, shown this once: ${adminToken}`]),
    '',
    'Subscribe:',
    `  curl -i ${quoted(hubUrl)} -d hub.mode=subscribe \\`,
    '    --data-urlencode hub.topic=https://example.org/feed --data-urlencode hub.callback=https://you.example/callback',
    'Publish:',
    `  curl -i ${quoted(hubUrl)} -d hub.mode=publish --data-urlencode hub.url=https://example.org/feed`,
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n')
}

/** A hub for others that listens to its own machine alone may be meant so, or be a HOST forgotten. */
function whoReaches(hubUrl: string, listensOn: string): string {
  const [own, there] = [hubUrl, listensOn].map((url) => isLoopback(new URL(url).hostname.replace(/^\[|\]$/g, '')))
  return there === true && own === false ? ', which this machine alone reaches; HOST=0.0.0.0 opens it' : ''
}

function whereThingsAre({ dataDirectory, binariesDirectory, runsAs }: NonNullable<Started['postgres']>): string[] {
  if (runsAs === null) return [`Data: ${dataDirectory}`]
  return [
    `Data: ${dataDirectory}`,
    `PostgreSQL: ${binariesDirectory}, run as the user ${runsAs}, because it refuses to be run by root`,
  ]
}

function quoted(url: string): string {
  return `'${url.replaceAll("'", "'\\''")}'`
}
