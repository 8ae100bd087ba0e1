import { parseArgs } from 'node:util'

export interface ListenOptions {
  readonly topic: string
  /** Null: what the topic names. */
  readonly hub: string | null
  /** The hub for a topic that names none. */
  readonly ownHub: string
  readonly host: string
  readonly port: number
  /** What the hub shall call; null: the server's own address. */
  readonly callback: string | null
  readonly leaseSeconds: number | null
  /** Null: none; undefined: a random one. */
  readonly secret: string | null | undefined
  /** Whole bodies, not their beginning. */
  readonly body: boolean
  /** The topic as given, whatever it calls itself. */
  readonly exact: boolean
}

export const listenHelp = `Subscribes with a little callback server of its own, prints every verification and delivery
with its signature checked, and unsubscribes on Ctrl-C. Works with any WebSub hub.

  --hub <url>        the hub; without it, the one the topic names, or else HUB_URL or http://localhost:8080/
  --callback <url>   what the hub shall call, if that is not this machine (a tunnel, a proxy)
  --host, --port     where to listen; 127.0.0.1 and a free port
  --lease <seconds>  how long to subscribe for; without it, the hub decides
  --secret <secret>  signs deliveries; without it a random one. --no-secret: none
  --body             print whole bodies
  --exact            subscribe to the topic as given, even if it names another URL as its own

Exit codes: 0 unsubscribed and left; 1 not subscribed (not reached, refused, denied, or the lease ended);
2 wrong words; 3 left while the hub may still hold the subscription, which its lease ends; 130 Ctrl-C twice.
`

/**
 * What was asked for, or a sentence that says what is wrong with it.
 *
 * @param hubUrl the setting `HUB_URL`
 */
export function listenOptions(words: readonly string[], hubUrl?: string): ListenOptions | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        hub: { type: 'string' },
        callback: { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '0' },
        lease: { type: 'string' },
        secret: { type: 'string' },
        'no-secret': { type: 'boolean', default: false },
        body: { type: 'boolean', default: false },
        exact: { type: 'boolean', default: false },
      },
    })
    const [topic, ...more] = positionals
    if (topic === undefined || more.length > 0) return 'Name one topic: fanfare listen https://example.org/feed'
    for (const [name, url] of [
      ['the topic', topic],
      ['--hub', values.hub],
      ['--callback', values.callback],
      ['HUB_URL', hubUrl || undefined],
    ] as const) {
      if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
        return `${name} must be an http or https URL, not '${url}'.`
    }
    for (const [name, number] of [
      ['--port', values.port],
      ['--lease', values.lease],
    ] as const) {
      if (number !== undefined && !/^\d{1,9}$/.test(number)) return `${name} must be a whole number, not '${number}'.`
    }
    if (Number(values.port) > 65_535) return `--port must be at most 65535, not '${values.port}'.`
    return {
      topic,
      hub: values.hub ?? null,
      ownHub: hubUrl || 'http://localhost:8080/',
      callback: values.callback ?? null,
      host: values.host,
      port: Number(values.port),
      leaseSeconds: values.lease === undefined ? null : Number(values.lease),
      secret: values['no-secret'] ? null : values.secret,
      body: values.body,
      exact: values.exact,
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
