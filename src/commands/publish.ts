import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { linkHeader } from '../discovery/link-header.ts'
import { printable, whyOf } from '../listen/report.ts'
import { type Command, parseWords, refuseWords, type Terminal, urlOf, WrongUsage } from './command.ts'
import { typeOfFile } from './file-type.ts'

export const publish: Command = {
  usage: 'publish <topic> [file]',
  summary: 'tells a hub that a topic changed, or hands it the content',
  help: `Without a key, tells the hub that the topic has changed: it fetches it. With one, hands over the content of the file, or
of the standard input, and prints the number it got; what is handed over is not fetched.

  --hub <url>               the hub URL; else HUB_URL, else the hub on this machine
  --key <key>               a publisher key (fanfare key create), better given as FANFARE_KEY: others may see the words
  --ping                    tells only, though FANFARE_KEY is set
  --type <media type>       of the content; else as the file's name suggests, else application/octet-stream
  --idempotency-key <text>  the same for a request that is sent again: within 24 hours it is published once

Ends with 0 once the hub has accepted it, with 1 where it has not.
`,
  async run(words, terminal) {
    const wanted = wantedOf(words, terminal.environment)
    if (wanted.key === null) return tell(wanted, terminal)
    const body = await contentOf(wanted, terminal)
    return typeof body === 'string' ? failed(terminal, body) : handOver(wanted, wanted.key, body, terminal)
  },
}

interface Wanted {
  readonly topic: string
  /** Null: the standard input. */
  readonly file: string | null
  readonly hub: string
  /** Null: only told. */
  readonly key: string | null
  readonly type: string
  readonly idempotencyKey: string | null
}

function wantedOf(words: readonly string[], { HUB_URL, PORT, FANFARE_KEY }: Terminal['environment']): Wanted {
  const { values, positionals } = parseWords(words, {
    hub: { type: 'string' },
    key: { type: 'string' },
    ping: { type: 'boolean' },
    type: { type: 'string' },
    'idempotency-key': { type: 'string' },
  })
  const [topic, file, ...more] = positionals
  if (topic === undefined) throw new WrongUsage('Which topic? fanfare publish https://example.org/feed')
  refuseWords(more, 'publish <topic> [file]')
  const key = values.ping === true ? null : keyOf(values.key || FANFARE_KEY || null)
  const ofContent = file ?? values.type ?? values['idempotency-key']
  if (key === null && ofContent !== undefined) {
    throw new WrongUsage(
      values.ping === true
        ? `--ping only tells that the topic changed; it goes without '${ofContent}'.`
        : `To hand over content a publisher key is needed: set FANFARE_KEY, or leave out '${ofContent}' to have the topic fetched.`,
    )
  }
  return {
    topic: urlOf(topic, 'The topic'),
    file: file === undefined || file === '-' ? null : file,
    hub: urlOf(values.hub || HUB_URL || `http://localhost:${PORT || 8080}/`, 'The hub URL'),
    key,
    type: values.type || (file === undefined ? null : typeOfFile(file)) || 'application/octet-stream',
    idempotencyKey: values['idempotency-key'] ?? null,
  }
}

function keyOf(key: string | null): string | null {
  if (key === null || /^[\x21-\x7e]+$/.test(key)) return key
  throw new WrongUsage('The key must be as fanfare key create printed it, without white space.')
}

/** Or a sentence that says why it cannot be had. */
async function contentOf({ file }: Wanted, { input }: Terminal): Promise<Buffer | string> {
  try {
    const body = file === null ? await buffer(input) : await readFile(file)
    return body.length > 0 ? body : `${file ?? 'The standard input'} is empty: nothing was published.`
  } catch (error) {
    return `${file ?? 'The standard input'} cannot be read (${whyOf(error)}).`
  }
}

async function tell({ topic, hub }: Wanted, terminal: Terminal): Promise<number> {
  const body = new URLSearchParams({ 'hub.mode': 'publish', 'hub.url': topic })
  const answer = await post(hub, { body })
  if (typeof answer === 'string') return failed(terminal, answer)
  terminal.say(`The hub was told that ${topic} has changed.\n`)
  return 0
}

async function handOver(
  { topic, hub, type, idempotencyKey }: Wanted,
  key: string,
  body: Buffer,
  terminal: Terminal,
): Promise<number> {
  const headers = {
    'Content-Type': type,
    Link: linkHeader({ self: topic, hubs: [] }),
    Authorization: `Bearer ${key}`,
    ...(idempotencyKey === null ? {} : { 'Idempotency-Key': idempotencyKey }),
  }
  const answer = await post(hub, { body: new Uint8Array(body), headers })
  if (typeof answer === 'string') return failed(terminal, answer)
  const number = answer.headers.get('fanfare-number')
  terminal.say(
    `${body.length} bytes of ${type} were taken${number === null ? '' : ` as number ${number} of ${topic}`}.\n`,
  )
  return 0
}

const answerMs = 60_000

/** The answer of a hub that accepted it, or a sentence. A key is not carried on to where a hub redirects. */
async function post(hub: string, request: Pick<RequestInit, 'body' | 'headers'>): Promise<Response | string> {
  try {
    const signal = AbortSignal.timeout(answerMs)
    const answer = await fetch(hub, { method: 'POST', redirect: 'manual', signal, ...request })
    const words = printable((await answer.text()).replace(/\s+/g, ' ').trim().slice(0, 500))
    if (answer.ok) return answer
    const location = answer.headers.get('location')
    if (location !== null) return `The hub answered ${answer.status}: try --hub ${printable(location)}`
    return `The hub answered ${answer.status}${words === '' ? '.' : ` and says: ${words}`}`
  } catch (error) {
    return `The hub at ${hub} could not be reached, or did not answer (${whyOf(error)}).`
  }
}

function failed({ complain }: Terminal, sentence: string): number {
  complain(sentence)
  return 1
}
