import { discoverLinks } from '../discovery/links.ts'
import { comparisonForm, fragmentOf, pageOf } from '../url-key.ts'
import { printable, whyOf } from './report.ts'

export interface Wanted {
  readonly topic: string
  /** Null: what the topic names. */
  readonly hub: string | null
  /** The hub for a topic that names none. */
  readonly ownHub: string
  /** The topic as given, whatever it calls itself. */
  readonly exact: boolean
}

const answerMs = 15_000
const topicBytesMax = 10 * 1024 * 1024

/** The topic and hub to subscribe at, as §4 has subscribers find them; or a sentence. A part of a page is discovered by its page. */
export async function discover(
  { topic, hub, ownHub, exact }: Wanted,
  { tell, stop }: { readonly tell: (text: string) => void; readonly stop: AbortSignal },
): Promise<{ readonly topic: string; readonly hub: string } | string> {
  const page = pageOf(topic)
  const links = await linksOf(page, stop)
  if (typeof links === 'string' && hub === null) return `${links} Name the hub with --hub.`
  if (typeof links === 'string') tell(`${links} Subscribing all the same.`)
  const { self, hubs } = typeof links === 'string' ? { self: null, hubs: [] } : links
  const chosen = hub ?? hubs[0] ?? ownHub
  if (hub === null && hubs.length === 0) tell(`${topic} names no hub: trying ${ownHub} (--hub names another)`)
  if (self === null || exact || comparisonForm(self) === comparisonForm(page)) return { topic, hub: chosen }
  tell(`${page} calls itself ${printable(self)}: subscribing to that (--exact keeps to the first)`)
  const fragment = fragmentOf(topic)
  return { topic: fragment === null ? self : `${pageOf(self)}#${fragment}`, hub: chosen }
}

async function linksOf(topic: string, stop: AbortSignal) {
  try {
    const answer = await fetch(topic, { signal: AbortSignal.any([stop, AbortSignal.timeout(answerMs)]) })
    if (!answer.ok) {
      await answer.body?.cancel()
      // A page that says "not found" may well name a hub, but not as the topic.
      return `${topic} answers ${printable(`${answer.status} ${answer.statusText}`.trim())}: the hub will find no content there either.`
    }
    const headers = new Map([...answer.headers].map(([name, value]) => [name, [value]]))
    return await discoverLinks({ url: answer.url, headers, body: await beginningOf(answer) })
  } catch (error) {
    return `${topic} could not be fetched (${whyOf(error)}).`
  }
}

/** Links stand at the beginning; a topic without an end shall not fill the memory. */
async function beginningOf(answer: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= topicBytesMax) break
  }
  return Buffer.concat(chunks).subarray(0, topicBytesMax)
}
