import { printable, whyOf } from './report.ts'

export interface HubRequest {
  readonly mode: 'subscribe' | 'unsubscribe'
  readonly topic: string
  readonly callback: string
  /** Null: the hub decides. */
  readonly leaseSeconds: number | null
  /** Null: none. */
  readonly secret: string | null
}

const answerMs = 15_000
const redirectsMax = 5
const wordsCharactersMax = 500
/** More than is shown, since a page is mostly tags. */
const readCharactersMax = 4000

/**
 * Sends a request (§5.1), and repeats it where a hub that has moved says so (§5.1.2).
 *
 * @param stop ends the wait for an answer; what the hub has taken by then is unknown
 * @returns null where the hub accepted it; else a sentence
 */
export async function requestOf(
  hub: string,
  request: HubRequest,
  { tell, stop }: { readonly tell: (text: string) => void; readonly stop: AbortSignal },
): Promise<string | null> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(answerMs)])
  const body = formOf(request)
  let place = hub
  for (let redirects = 0; redirects <= redirectsMax; redirects++) {
    const answer = await post(place, body, signal)
    if (typeof answer === 'string') return answer
    const verdict = judgeAnswer(place, answer)
    if (verdict.kind === 'refused') return verdict.why
    if (verdict.kind === 'accepted') {
      if (verdict.oddly) tell(`the hub answered ${answer.status}, where §5.1.2 of WebSub wants 202; taken for a yes`)
      return null
    }
    tell(`the hub answered ${answer.status}: it has moved to ${printable(verdict.place)}`)
    place = verdict.place
  }
  return `The hub redirected the request more than ${redirectsMax} times.`
}

function formOf({ mode, topic, callback, leaseSeconds, secret }: HubRequest): URLSearchParams {
  const form = new URLSearchParams({ 'hub.mode': mode, 'hub.topic': topic, 'hub.callback': callback })
  if (leaseSeconds !== null) form.set('hub.lease_seconds', String(leaseSeconds))
  if (secret !== null) form.set('hub.secret', secret)
  return form
}

export interface HubAnswer {
  readonly status: number
  readonly location: string | null
  /** The beginning of the body. */
  readonly words: string
}

async function post(place: string, body: URLSearchParams, signal: AbortSignal): Promise<HubAnswer | string> {
  try {
    // By itself, fetch would turn the POST into a GET at a 301, 302 or 303, and take the page it gets for a yes.
    const answer = await fetch(place, { method: 'POST', body, redirect: 'manual', signal })
    return { status: answer.status, location: answer.headers.get('location'), words: await wordsOf(answer) }
  } catch (error) {
    return `The hub at ${printable(place)} could not be reached (${whyOf(error)}).`
  }
}

async function wordsOf(answer: Response): Promise<string> {
  let words = ''
  try {
    for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      words += part
      if (words.length >= readCharactersMax) break
    }
  } catch {
    // The status is what counts; words that break off are shown as far as they came.
  }
  // Whatever is no hub answers with a page.
  const isPage = /html/i.test(answer.headers.get('content-type') ?? '')
  const plain = isPage ? words.replace(/<[^>]*>/g, ' ') : words
  return printable(plain.replace(/\s+/g, ' ').trim().slice(0, wordsCharactersMax))
}

export type AnswerVerdict =
  /** Oddly: with a status that says less than it should. */
  | { readonly kind: 'accepted'; readonly oddly: boolean }
  | { readonly kind: 'moved'; readonly place: string }
  | { readonly kind: 'refused'; readonly why: string }

/** What an answer to the request sent to `place` means (§5.1.2). */
export function judgeAnswer(place: string, { status, location, words }: HubAnswer): AnswerVerdict {
  // 202 is the Recommendation's; hubs that verify at once answer 204.
  if (status >= 200 && status < 300) return { kind: 'accepted', oddly: status !== 202 && status !== 204 }
  if (status === 307 || status === 308) return redirection(place, { status, location })
  if (status < 400) {
    const where = location === null ? '' : ` to ${printable(location)}`
    return refused(
      `The hub answered ${status}${where}, which accepts nothing: only 307 and 308 repeat a request elsewhere.`,
    )
  }
  return refused(`The hub answered ${status} ${words === '' ? 'and says no more.' : `and says: ${words}`}`)
}

function redirection(place: string, { status, location }: Omit<HubAnswer, 'words'>): AnswerVerdict {
  if (location === null) return refused(`The hub answered ${status} without a Location: it does not say where to.`)
  const next = URL.parse(location, place)
  if (next === null || !/^https?:$/.test(next.protocol)) {
    return refused(`The hub answered ${status} to ${printable(location)}, which is no http or https URL.`)
  }
  if (next.protocol === 'http:' && URL.parse(place)?.protocol === 'https:') {
    return refused(`The hub answered ${status} to ${next.href}: a secret that was meant for https is not sent by http.`)
  }
  return { kind: 'moved', place: next.href }
}

function refused(why: string): AnswerVerdict {
  return { kind: 'refused', why }
}
