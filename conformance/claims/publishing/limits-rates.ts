import { type Answered, isSuccess } from '../../asking.ts'
import { type Claim, expect, skip } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

const perSecond = 1000
const atOnce = 20

export const claim: Claim = {
  rows: ['PUB-12'],
  level: 'hardening',
  section: '6',
  title:
    'A flood of pings from one client is slowed down by 429 or 503 with Retry-After; afterwards it is served again',
  sends: `up to ${perSecond} pings for one topic within a second`,
  expects: 'some 429 or 503 with a whole number of seconds in Retry-After; after that time a 2xx, and a delivery',
  presupposes: ['publishing/is-delivered'],
  alone: true,
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const { refused, ratePerSecond } = await flood(() => context.ping(topic), context.now)
    if (refused === undefined && ratePerSecond < perSecond)
      skip(`it answered ${Math.round(ratePerSecond)} pings a second, which is no flood`)
    const expected = `a 429 or 503 among ${perSecond} pings within a second`
    expect(refused !== undefined, { expected, found: 'a 2xx for each' })
    const { status, headers } = refused
    expect(status === 429 || status === 503, { expected, found: `status ${status}` }, refused)
    const seconds = headerValue(headers, 'Retry-After') ?? 'none'
    expect(/^\d+$/.test(seconds), { expected: 'Retry-After in whole seconds', found: seconds }, refused)
    await context.pass(Number(seconds) * context.timing.secondMs)
    const content = await context.publish(topic)
    await context.until(() => callback.deliveries.some(({ body }) => body.equals(content)), {
      expected: 'a delivery of what the topic served at the last ping that was accepted',
      withinMs: context.timing.deliveryMs,
    })
  },
}

/** Pings until one is refused, or as many as make a flood were sent. */
async function flood(
  ping: () => Promise<Answered>,
  now: () => number,
): Promise<{ readonly refused: Answered | undefined; readonly ratePerSecond: number }> {
  const beganAtMs = now()
  let sent = 0
  let refused: Answered | undefined
  const pingOn = async () => {
    while (refused === undefined && sent < perSecond) {
      sent++
      const answer = await ping()
      if (!isSuccess(answer)) refused ??= answer
    }
  }
  await Promise.all(Array.from({ length: atOnce }, pingOn))
  return { refused, ratePerSecond: (sent * 1000) / Math.max(1, now() - beganAtMs) }
}
