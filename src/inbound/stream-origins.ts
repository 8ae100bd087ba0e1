import type { IncomingMessage } from 'node:http'
import type { Config } from '../config.ts'
import { RequestRefused } from '../refusal.ts'

type OriginSettings = Pick<Config, 'STREAM_ORIGINS' | 'HUB_URL' | 'HUB_URL_ALIASES' | 'TOPIC_ALLOW' | 'OUTBOUND_ALLOW'>

/**
 * Which web pages may read a stream: the header fields that say so. What anybody may subscribe to, any page may read; but
 * where the hub fetches from private addresses, a page from elsewhere would read with the reach of whoever looks at it, so
 * its origin must be named.
 */
export function originHeaders({ headers }: IncomingMessage, config: OriginSettings): Readonly<Record<string, string>> {
  const { origin = '' } = headers
  const allowed = originsAllowed(config)
  if (allowed.includes('*')) return { 'Access-Control-Allow-Origin': '*', ...exposed }
  return allowed.includes(origin)
    ? { 'Access-Control-Allow-Origin': origin, Vary: 'Origin', ...exposed }
    : { Vary: 'Origin' }
}

/**
 * A browser shows a foreign page no answer without these fields, but holds back no WebSocket.
 *
 * @throws {RequestRefused} 403
 */
export function refuseForeignPages(incoming: IncomingMessage, config: OriginSettings): void {
  if (incoming.headers.origin === undefined) return
  if ('Access-Control-Allow-Origin' in originHeaders(incoming, config)) return
  throw new RequestRefused('Pages of this origin may not read streams here: STREAM_ORIGINS names those that may.', {
    status: 403,
  })
}

const exposed = { 'Access-Control-Expose-Headers': 'Fanfare-Number, Fanfare-Gap, Fanfare-Unfetched, Link, Retry-After' }

function originsAllowed(config: OriginSettings): readonly string[] {
  const { STREAM_ORIGINS, HUB_URL, HUB_URL_ALIASES, TOPIC_ALLOW, OUTBOUND_ALLOW } = config
  const own = [HUB_URL, ...HUB_URL_ALIASES].map((url) => new URL(url).origin)
  if (STREAM_ORIGINS.length > 0) return [...own, ...STREAM_ORIGINS]
  return TOPIC_ALLOW.length + OUTBOUND_ALLOW.length === 0 ? ['*'] : own
}
