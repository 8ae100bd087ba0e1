import { type ListenOptions, listen as listenToTopic } from '../listen/listen.ts'
import { type Command, parseWords, type Terminal, urlOf, WrongUsage } from './command.ts'

export const listen: Command = {
  usage: 'listen <topic>',
  summary: 'subscribes to a topic at any hub and prints what comes',
  help: `Subscribes with a little callback server of its own, prints every verification and delivery
with its signature checked, and unsubscribes on Ctrl-C. Works with any WebSub hub.

  --hub <url>        the hub; without it, the one the topic names, or else HUB_URL, or http://localhost:8080/
                     (with another PORT, there)
  --callback <url>   what the hub shall call where it cannot call this machine: a tunnel or a proxy that leads to
                     --host and --port; a path that nobody can guess is added to it
  --host <address>   where to listen; without it, 127.0.0.1
  --port <number>    and on which port; without it, a free one
  --lease <seconds>  how long to subscribe for; without it, the hub decides. It is renewed before it ends
  --secret <secret>  signs deliveries; without it a random one
  --no-secret        deliveries are not signed
  --body             print whole bodies
  --exact            subscribe to the topic as given, even if it names another URL as its own

Exit codes: 0 unsubscribed and left; 1 not subscribed (not reached, refused, denied, or the lease ended);
2 wrong words; 3 left while the hub may still hold the subscription, which its lease ends; 130 Ctrl-C twice.
`,
  async run(words, terminal) {
    const options = listenOptions(words, terminal.environment)
    const stop = new AbortController()
    void terminal.stopAsked(() => terminal.exit(130)).then(() => stop.abort())
    void terminal.outputGone.then(() => stop.abort())
    const say = (line: string) => terminal.say(`${line}\n`)
    return listenToTopic(options, { say, complain: terminal.complain, stop: stop.signal })
  },
}

/** @throws {WrongUsage} */
export function listenOptions(words: readonly string[], { HUB_URL, PORT }: Terminal['environment']): ListenOptions {
  const { values, positionals } = parseWords(words, {
    hub: { type: 'string' },
    callback: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    lease: { type: 'string' },
    secret: { type: 'string' },
    'no-secret': { type: 'boolean', default: false },
    body: { type: 'boolean', default: false },
    exact: { type: 'boolean', default: false },
  })
  const callback = values.callback === undefined ? null : urlOf(values.callback, '--callback')
  return {
    topic: topicOf(positionals),
    hub: values.hub === undefined ? null : urlOf(values.hub, '--hub'),
    ownHub: HUB_URL ? urlOf(HUB_URL, 'HUB_URL') : `http://localhost:${/^\d+$/.test(PORT ?? '') ? PORT : 8080}/`,
    callback,
    host: hostOf(values.host, callback),
    port: numberOf(values.port, '--port', { min: 0, max: 65_535 }),
    leaseSeconds: values.lease === undefined ? null : numberOf(values.lease, '--lease', { min: 1, max: 999_999_999 }),
    secret: secretOf(values),
    body: values.body,
    exact: values.exact,
  }
}

function topicOf([topic, ...more]: readonly string[]): string {
  if (topic === undefined) throw new WrongUsage('Name the topic: fanfare listen https://example.org/feed')
  if (more.length > 0) throw new WrongUsage(`'${more.join(' ')}' is too much: one topic at a time.`)
  return urlOf(topic, 'The topic', { fragment: true }) // Some hubs take parts of pages, and which do is theirs to say.
}

function hostOf(host: string, callback: string | null): string {
  if (host === '') throw new WrongUsage('--host must be a name or an address of this machine, such as 127.0.0.1.')
  if (['0.0.0.0', '::'].includes(host) && callback === null) {
    throw new WrongUsage(`--host ${host} is every address of this machine, but none to call: name one with --callback.`)
  }
  return host
}

function numberOf(text: string, name: string, { min, max }: { readonly min: number; readonly max: number }): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && number <= max) return number
  throw new WrongUsage(`${name} must be a whole number from ${min} to ${max}, not '${text}'.`)
}

/** Null: none; undefined: a random one. */
function secretOf(values: { readonly secret?: string | undefined; readonly 'no-secret': boolean }) {
  if (values['no-secret'] && values.secret !== undefined) {
    throw new WrongUsage('--secret and --no-secret contradict each other: give one of them.')
  }
  if (values.secret === '') throw new WrongUsage('--secret must not be empty; --no-secret subscribes without one.')
  return values['no-secret'] ? null : values.secret
}
