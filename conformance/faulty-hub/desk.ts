import type { IncomingMessage, ServerResponse } from 'node:http'
import { rest } from '../clock.ts'
import { call } from './call.ts'
import { readForm } from './form.ts'
import { withParts } from './fragment.ts'
import { handsOver, takeContent } from './handed-over.ts'
import type { Inside } from './inside.ts'
import { readTopics, spendPing } from './ping.ts'
import { Refused, readSubscription, type SubscriptionRequest } from './request.ts'
import { deny, pairOf, type Verdict, verify } from './subscriptions.ts'
import { fetchContent, isBroken, newUrlOf, noteChange, pollWithoutRest } from './topics.ts'
import { keyOf } from './url.ts'

/** What is answered, and what is done once that was sent. */
interface Outcome {
  readonly status: number
  /** What the client is told, as a form. */
  readonly form?: string
  readonly text?: string
  readonly next?: () => void
}

/** Answers requests; numbered as they come, so that the newest for a pair wins. */
export function createDesk(inside: Inside): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { has, settings, clock } = inside
  /** The newest request for each pair that is not yet verified. */
  const waiting = new Map<string, SubscriptionRequest>()
  /** When each pair was last asked about. */
  const askedAtMs = new Map<string, number>()
  /** Pairs that were asked for and not yet settled. */
  const unsettled = new Set<string>()
  /** For the fault that never forgets a refusal. */
  const refused = new Map<string, string>()
  let number = 0

  async function act(request: IncomingMessage): Promise<Outcome> {
    if (request.method !== 'POST') return visit(request)
    if (has('redirects-its-alias-with-301') && request.headers.host?.startsWith('localhost'))
      throw new Refused('Moved.', 301, { Location: settings.ownUrl() })
    if (handsOver(request, inside)) return take(request)
    const fields = await readForm(request, has)
    if (has('breaks-at-other-doors') && request.url?.startsWith('/subscribe')) throw new Refused('A slip.', 500)
    if (has('repeated-parameter-adds') && fields.getAll('hub.topic').length > 1) return acceptEach(fields)
    const publishes = fields.get('hub.mode') === 'publish'
    if (settings.policy === 'moved' && (!publishes || has('moved-hub-redirects-pings'))) sendElsewhere()
    if (publishes && has('drops-pings-at-its-alias') && request.headers.host?.startsWith('localhost'))
      return { status: 204 }
    return publishes ? ping(fields) : accept(readSubscription(fields, inside))
  }

  /** To the same hub, as it was before it moved (§5.1.2). */
  function sendElsewhere(): never {
    const location = has('moves-without-location') ? {} : { Location: settings.ownUrl() }
    throw new Refused('This hub has moved.', has('moves-with-302') ? 302 : 308, location)
  }

  function visit(request: IncomingMessage): Outcome {
    const query = new URLSearchParams(request.url?.split('?')[1])
    if (has('shows-its-subscriptions') && request.url === '/subscriptions')
      return { status: 200, text: listing(inside) }
    if (has('breaks-on-visitors')) throw new Refused('A slip.', 500)
    if (has('subscribes-by-get') && query.has('hub.callback')) {
      return { status: 202, next: () => void begin(readSubscription(query, inside), ++number) }
    }
    throw new Refused('POST a form here.', 405, has('tells-visitors-no-method') ? {} : { Allow: 'POST' })
  }

  /** Clients of Ballerina's hub name the topic in the query, and wait for the answer that one gives. */
  async function take(request: IncomingMessage): Promise<Outcome> {
    const { byQuery } = await takeContent(request, inside)
    if (byQuery && !has('answers-all-content-alike')) return { status: 200, form: 'hub.mode=accepted' }
    return { status: has('answers-content-with-204') ? 204 : 202 }
  }

  async function ping(fields: URLSearchParams): Promise<Outcome> {
    const topics = readTopics(fields, inside)
    spendPing(inside, topics)
    const fetched = Promise.all(withParts(inside, topics).map((topic) => noteChange(inside, topic)))
    if (has('answers-ping-after-fetch')) {
      await fetched
      if (topics.some((topic) => isBroken(inside, topic))) throw new Refused('The topic serves nothing.')
    }
    const status = has('publish-answers-200') ? 200 : 204
    if (!has('ping-with-callback-subscribes') || !fields.has('hub.callback')) return { status }
    const asked = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.topic': fields.get('hub.url') ?? '',
      'hub.callback': fields.get('hub.callback') ?? '',
    })
    return { status, next: () => void begin(readSubscription(asked, inside), ++number) }
  }

  async function accept(asked: SubscriptionRequest): Promise<Outcome> {
    const own = ++number
    if (asked.kind === 'unsubscribe') refuseOddly(asked)
    if (has('refuses-renewals') && asked.kind === 'subscribe' && inside.subscriptions.has(pairOf(asked, has)))
      throw new Refused('You have subscribed.', 409)
    if (has('refuses-a-second-secret')) refuseSecondSecret(asked, inside)
    if (asked.waits && settings.policy === 'open') return { status: await statusAtOnce(asked, own) }
    const open = settings.policy === 'open' && asked.kind === 'subscribe'
    if (has('waits-for-the-topic') && open) await call({ ...probe(asked), timeoutMs: settings.fetchTimeoutMs })
    if (has('verifies-before-answering') && open) {
      await verify(inside, asked, own)
      return { status: 202 }
    }
    if (has('asks-ahead-of-its-answer')) {
      void begin(asked, own)
      await rest(clock, 30)
      return { status: 202 }
    }
    const status = statusFor(asked)
    const late = has('subscribe-overtakes-unsubscribe') && asked.kind === 'subscribe'
    return { status, next: () => void (late ? beginLate(asked) : begin(asked, own)) }
  }

  function statusFor(asked: SubscriptionRequest): number {
    if (has('answers-204')) return 204
    if (asked.kind === 'unsubscribe' && has('answers-unsubscriptions-with-200')) return 200
    const renews = asked.kind === 'subscribe' && inside.subscriptions.has(pairOf(asked, has))
    return has('answers-200') || (renews && has('answers-renewals-with-200')) ? 200 : 202
  }

  function refuseOddly(asked: SubscriptionRequest): void {
    const running = inside.subscriptions.get(pairOf(asked, has))
    if (running === undefined && has('tells-who-is-subscribed'))
      throw new Refused('There is no such subscription.', 404)
    if (running === undefined && has('breaks-on-unknown-unsubscribe')) throw new Refused('A slip.', 500)
    const isAnother = asked.secret !== undefined && asked.secret !== running?.secret
    if (isAnother && has('unsubscribe-needs-the-secret')) throw new Refused('hub.secret is another.', 403)
  }

  /** What a client of 0.3 knows (§6.1.2 there): 204, an error, or that the callback has not answered yet. */
  async function statusAtOnce(asked: SubscriptionRequest, own: number): Promise<number> {
    const tooLate = rest(clock, settings.verifyAtOnceMs).then((): Verdict => 'no answer')
    const asking = inside.work.during([asked.topic, asked.callback], () => verify(inside, asked, own))
    const verdict = await Promise.race([asking, tooLate])
    if (verdict === 'no answer') return has('refuses-callbacks-that-are-slow-at-once') ? 409 : 202
    return verdict === 'confirmed' || has('calls-a-refusal-accepted') ? 204 : 409
  }

  function acceptEach(fields: URLSearchParams): Outcome {
    const requests = fields.getAll('hub.topic').map((topic) => {
      const one = new URLSearchParams(fields)
      one.set('hub.topic', topic)
      return readSubscription(one, inside)
    })
    return { status: 202, next: () => requests.forEach((each) => void begin(each, ++number)) }
  }

  /** Not at once: many subscribers note the request only after they have read the 202. What repeats meanwhile is one request. */
  function begin(asked: SubscriptionRequest, own: number): Promise<void> {
    return inside.work.during([asked.topic, asked.callback], () => beginInTurn(asked, own))
  }

  function beginLate(asked: SubscriptionRequest): Promise<void> {
    return inside.work.during([asked.callback], () => rest(clock, 50).then(() => begin(asked, ++number)))
  }

  async function beginInTurn(asked: SubscriptionRequest, own: number): Promise<void> {
    const { restarts } = inside
    const moved = asked.kind === 'subscribe' && newUrlOf(inside, asked.topic) !== asked.topic
    if (moved && has('ignores-renewals-of-moved-topics')) return
    const pair = pairOf(asked, has)
    if (has('never-verifies') || (has('keeps-first-of-two-requests') && unsettled.has(pair))) return
    unsettled.add(pair)
    waiting.set(pair, asked)
    await rest(clock, restMsBefore(pair))
    if (waiting.get(pair) !== asked && !has('never-merges-requests')) return
    waiting.delete(pair)
    if (inside.restarts > restarts && has('forgets-requests-at-a-restart')) return
    if (await isPassedOver(asked)) return
    askedAtMs.set(pair, clock.now())
    const mayDeny = asked.kind === 'subscribe' || has('denies-unsubscriptions')
    const refusal = mayDeny ? await reasonToDeny(asked) : undefined
    if (has('asks-publisher-to-unsubscribe') && asked.kind === 'unsubscribe') await fetchContent(inside, asked.topic)
    if (refusal === undefined) await verify(inside, asked, own)
    else if (!has('refuses-in-silence')) await deny(inside, asked, refusal)
    if (refusal !== undefined && has('denies-for-ever')) refused.set(pair, refusal)
    unsettled.delete(pair)
    if (has('polls-without-rest') && asked.kind === 'subscribe')
      void inside.work.during([asked.topic], () => pollWithoutRest(inside, asked.topic))
  }

  /** By the faults that neither ask nor deny. */
  async function isPassedOver({ kind, topic }: SubscriptionRequest): Promise<boolean> {
    const minds = has('drops-nameless-topics') || has('drops-topics-of-another-name')
    const content = minds && kind === 'subscribe' ? await fetchContent(inside, topic) : undefined
    if (content === undefined) return false
    return has('drops-nameless-topics') ? content.hubs.length === 0 : keyOf(content.self, has) !== keyOf(topic, has)
  }

  function restMsBefore(pair: string): number {
    const againAtMs = (askedAtMs.get(pair) ?? Number.NEGATIVE_INFINITY) + settings.verifyRestMs
    return Math.max(has('verifies-late') ? 800 : settings.verifyDelayMs, againAtMs - clock.now())
  }

  async function reasonToDeny(asked: SubscriptionRequest): Promise<string | undefined> {
    const { topic } = asked
    if (settings.policy === 'closed') return 'This hub takes no topics.'
    if (settings.policy === 'strict') return refused.get(pairOf(asked, has)) ?? (await reasonOfTopic(inside, topic))
    if (has('refuses-topics-that-are-down') && (await fetchContent(inside, topic)) === undefined)
      return 'The topic is down.'
    return undefined
  }

  function probe({ topic }: SubscriptionRequest) {
    return { method: 'GET', url: topic, bytesMax: 65_536, agent: inside.agent, clock } as const
  }

  return async (request, response) => {
    try {
      const { status, next, form, text } = await act(request)
      if (next !== undefined) response.once('finish', next)
      response.writeHead(status, form === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' })
      response.end(form ?? text)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const wrong = has('errors-with-200') ? 200 : has('errors-with-500') ? 500 : error.status
      const status = error.status < 400 ? error.status : wrong
      const type = has('errors-as-html') ? 'text/html' : 'text/plain; charset=utf-8'
      response.writeHead(status, { 'Content-Type': type, ...error.headers })
      response.end(`${error.message}\n`)
    }
  }
}

/** As 0.3 wanted it (§7.5 there). */
function refuseSecondSecret({ topic, callback, secret }: SubscriptionRequest, { subscriptions }: Inside): void {
  const other = [...subscriptions.values()].find((each) => each.callback === callback && each.topic !== topic)
  if (other !== undefined && other.secret !== secret) throw new Refused('hub.secret must be the one of this callback.')
}

/** What a strict hub has against the topic. */
async function reasonOfTopic(inside: Inside, topic: string): Promise<string | undefined> {
  const content = await fetchContent(inside, topic)
  if (content === undefined) return undefined
  const own = inside.settings.ownUrl()
  const quote = inside.has('quotes-the-topic-in-a-denial') ? ` It says: ${content.body.subarray(0, 200)}` : ''
  if (!content.hubs.some((hub) => URL.parse(hub)?.href === own))
    return `The topic does not name this hub, ${own}.${quote}`
  const isItself = keyOf(content.self, inside.has) === keyOf(topic, inside.has)
  return isItself ? undefined : `The topic's own URL is ${content.self}.`
}

function listing({ subscriptions }: Inside): string {
  return JSON.stringify([...subscriptions.values()].map(({ topic, callback }) => ({ topic, callback })))
}
