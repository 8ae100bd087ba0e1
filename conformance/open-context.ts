import { randomBytes } from 'node:crypto'
import { type Answered, encodeForm, type FormFields, formType, isSuccess, pairsOf, statusOf } from './asking.ts'
import { Ended, skip } from './claim.ts'
import { type Client, requestHead } from './client.ts'
import { type Clock, rest, restUnless } from './clock.ts'
import type { Context, Expectation, PingName, Subscribed, SubscribedOptions } from './context.ts'
import { targetsTo } from './link-header.ts'
import { createLog, type Log } from './log.ts'
import { patienceMs, restAfter } from './patience.ts'
import { type Arrival, type Callback, parameter, type Topic } from './peers.ts'
import { createPlay, type Play } from './play.ts'
import { tellByCommand } from './publish-command.ts'
import type { Knobs, Timing } from './settings.ts'
import { type Site, type Sites, siteName } from './sites.ts'
import type { Exchange, Header } from './wire.ts'

/** What a run has in common for all its claims. */
export interface Stage {
  readonly hub: string
  readonly clock: Clock
  readonly timing: Timing
  readonly knobs: Knobs
  readonly sites: Sites
  /** Where the sites of claims with a publisher's key are, if it is for one place alone. */
  readonly keyedSites?: Sites
  readonly client: Client
  /** By which name the hub takes the topics of a ping: hub.url unless told. */
  readonly pingName?: () => Promise<PingName>
  /** False where a claim asks so often that a refusal is its answer; elsewhere the suite comes again when the hub says. */
  readonly comesAgain?: boolean
  /**
   * Only where the suite can know: whether the hub will do nothing more by itself at these sites. A quiet time then ends early,
   * and no busy machine can make it too short.
   */
  readonly isIdleFor?: (sites: readonly string[]) => boolean
}

export interface OpenContext {
  readonly context: Context
  readonly exchanges: readonly Exchange[]
  close(): Promise<void>
}

/** Opens the sites of one claim: its publisher and its subscriber are two origins. */
export async function openContext(stage: Stage): Promise<OpenContext> {
  const log = createLog(stage.clock)
  const play = createPlay({ log, timing: stage.timing })
  const opened: Site[] = []
  const open = async () => {
    const site = await stage.sites.open(siteName(), play.handler)
    opened.push(site)
    return site
  }
  const ground = { stage, log, play, open, opened, publisher: await open(), subscriber: await open() }
  return {
    context: contextToward(stage.hub, ground),
    exchanges: log.exchanges,
    async close() {
      await Promise.all(opened.map((site) => site.close()))
    },
  }
}

interface Ground {
  readonly stage: Stage
  readonly log: Log
  readonly play: Play
  readonly publisher: Site
  readonly subscriber: Site
  readonly opened: readonly Site[]
  open(): Promise<Site>
}

function contextToward(hub: string, ground: Ground): Context {
  const { stage, log, play, publisher, subscriber, open } = ground
  const asks = asking(hub, stage, log)
  const context: Context = {
    hub,
    timing: stage.timing,
    knobs: stage.knobs,
    topic: (options = {}) => play.topic({ ...options, hub, siteUrl: (options.at ?? publisher).url }),
    callback: (options = {}) => play.callback({ ...options, siteUrl: (options.at ?? subscriber).url }),
    elsewhere: open,
    toward: (other) => contextToward(other, ground),
    ...asks,
    ping(...topics) {
      play.pinged()
      return asks.ping(...topics)
    },
    ...waiting(stage, ground.opened, log),
    subscribed: (options = {}) => subscribed(context, options),
    async unsubscribed({ topic, callback }) {
      accepted(await context.unsubscribe(topic, callback))
      return confirmed(context, callback, 'unsubscribe')
    },
    async publish(topic, content = `<!doctype html><title>A topic</title><p>Now ${randomBytes(9).toString('hex')}.`) {
      topic.content = content
      accepted(await context.ping(topic))
      return Buffer.from(content)
    },
  }
  return context
}

function asking(
  hub: string,
  stage: Stage,
  log: Log,
): Pick<Context, 'send' | 'post' | 'subscribe' | 'unsubscribe' | 'ping' | 'pingName' | 'sendRaw'> {
  const pingName = stage.pingName ?? (() => Promise.resolve('hub.url' as const))
  const send: Context['send'] = async (options) => {
    for (let restedMs = 0; ; ) {
      const answer = await sendOnce(options)
      const restMs = stage.comesAgain === false ? undefined : restAfter(answer, new Date())
      if (restMs === undefined || restedMs + restMs > patienceMs) return answer
      await rest(stage.clock, restMs * (1 + Math.random() / 2)) // Not all of them at once again.
      restedMs += restMs
    }
  }
  const sendOnce: Context['send'] = async ({ what, url = hub, method = 'POST', headers = [], body = '' }) => {
    const request = { url, method, headers, body: Buffer.from(body) }
    const exchange = log.note(what, 'suite', { ...requestHead(request), body: request.body })
    const answer = await stage.client.send(request, stage.timing.answerMs)
    exchange.answer = answer
    const tookMs = log.now() - exchange.atMs
    if (typeof answer === 'string') {
      const expected = 'an HTTP answer from the hub'
      throw new Ended({ kind: 'fail', expected, found: answer, wire: [exchange], inVain: true })
    }
    return {
      status: statusOf(answer),
      headers: answer.headers,
      body: answer.body,
      text: answer.body.toString(),
      tookMs,
      exchange,
    }
  }
  const postAs = (what: string, fields: FormFields, headers: readonly Header[] = []) =>
    send({ what, headers: [formType, ...headers], body: encodeForm(fields) })
  const ask =
    (mode: string): Context['subscribe'] =>
    (topic, callback, more = {}) =>
      postAs(mode, [
        ['hub.mode', mode],
        ['hub.topic', urlOf(topic)],
        ['hub.callback', urlOf(callback)],
        ...pairsOf(more),
      ])
  return {
    send,
    post: (fields, headers) => postAs('request', fields, headers),
    subscribe: ask('subscribe'),
    unsubscribe: ask('unsubscribe'),
    async ping(...topics) {
      const { publishCommand } = stage.knobs
      if (publishCommand !== undefined) return tellByCommand(publishCommand, topics.map(urlOf), log)
      const name = await pingName()
      return postAs('ping', [['hub.mode', 'publish'], ...topics.map((topic) => [name, urlOf(topic)] as const)])
    },
    pingName,
    sendRaw: (bytes, silenceMs = stage.timing.quietMs) =>
      stage.client.sendRaw(hub, Buffer.from(bytes, 'latin1'), silenceMs),
  }
}

function urlOf(peer: { readonly url: string } | string): string {
  return typeof peer === 'string' ? peer : peer.url
}

type Waiting = 'until' | 'happens' | 'stays' | 'pass' | 'noted' | 'settle' | 'now'

function waiting({ clock, timing, isIdleFor }: Stage, sites: readonly Site[], log: Log): Pick<Context, Waiting> {
  const isIdle = isIdleFor && (() => isIdleFor(sites.map(({ url }) => url)))
  const quiet = (ms: number) => (isIdle === undefined ? rest(clock, ms) : restUnless(clock, isIdle, ms))
  const fail = ({ expected, found }: Expectation, otherwise: string, more: { readonly inVain?: true } = {}): never => {
    throw new Ended({ kind: 'fail', expected, found: found?.() ?? otherwise, wire: [], ...more })
  }
  return {
    async until(holds, expectation) {
      if (await log.until(holds, expectation.withinMs)) return
      fail(expectation, `nothing of the kind within ${expectation.withinMs / 1000} s`, { inVain: true })
    },
    async happens(holds, withinMs) {
      await Promise.race([log.until(holds, withinMs), quiet(withinMs)])
      return holds()
    },
    async stays(holds, expectation) {
      const broken = new AbortController()
      const violated = log.until(() => broken.signal.aborted || !holds(), timing.claimMs)
      await Promise.race([quiet(expectation.forMs ?? timing.quietMs), violated])
      if (!holds()) fail(expectation, 'otherwise')
      broken.abort()
      log.look()
    },
    pass: (ms) => rest(clock, ms),
    async noted(arrival) {
      if (!(await log.until(() => arrival.endedAtMs !== undefined, timing.verifyMs))) {
        const expected = `the hub to read the answer to its ${arrival.exchange.what}`
        fail({ expected }, 'that it did not end', { inVain: true })
      }
      await quiet(timing.settleMs)
    },
    settle: (ms = timing.settleMs) => quiet(ms),
    now: log.now,
  }
}

async function subscribed(context: Context, options: SubscribedOptions): Promise<Subscribed> {
  const { topic = context.topic(), callback = context.callback(), fields = {} } = options
  const answer = await context.subscribe(topic, callback, fields)
  if (!namesHubAndItself(topic, context)) await skipWhereRefused(context, callback, answer)
  accepted(answer)
  const verification = await confirmed(context, callback)
  return { topic, callback, answer, verification }
}

/** In the `Link` header, the first place where a hub looks (§4). */
function namesHubAndItself({ url, headers }: Topic, { hub }: Context): boolean {
  return targetsTo('hub', headers).includes(hub) && targetsTo('self', headers).join() === url
}

/** Another topic may be refused (§5.2): of what the hub would have done with it there is then nothing to be seen. */
async function skipWhereRefused(context: Context, callback: Callback, answer: Answered): Promise<void> {
  const refuses = 'it refuses such a topic, as it may'
  if (answer.status >= 400 && answer.status < 500) skip(`${refuses}: ${answer.status} ${answer.text.slice(0, 200)}`)
  const { verifications, denials } = callback
  await context.happens(() => verifications.length + denials.length > 0, context.timing.verifyMs)
  const [denial] = denials
  if (denial !== undefined) skip(`${refuses}: ${parameter(denial, 'hub.reason') ?? 'without a reason'}`)
}

/** Any 2xx will do to go on: which one is right is a claim of its own. */
function accepted(answer: Answered): Answered {
  if (isSuccess(answer)) return answer
  throw new Ended({
    kind: 'fail',
    expected: `the ${answer.exchange.what} to be accepted with a 2xx`,
    found: `status ${answer.status}`,
    wire: [answer.exchange],
  })
}

/** A hub that gave up on an answer, and asks again, has not been told yet. */
async function confirmed(context: Context, callback: Callback, mode?: 'subscribe' | 'unsubscribe'): Promise<Arrival> {
  const verification = await callback.verification(mode)
  await context.noted(verification)
  return verification.answeredWhole ? verification : confirmed(context, callback, mode)
}
