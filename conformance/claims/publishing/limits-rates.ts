import { type Answered, isSuccess } from '../../asking.ts'
import { type Claim, expect, skip } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

const atOnce = 20

export const claim: Claim = {
  rows: ['PUB-12'],
  level: 'hardening',
  section: '6',
  title:
    'Pings from one client beyond the hub’s limit get 429 or 503 with Retry-After; afterwards they are served again',
  sends: 'three times as many pings for one topic as the hub takes in a second, as quickly as it answers',
  expects: 'some 429 or 503 with a whole number of seconds in Retry-After; after that time a 2xx, and a delivery',
  presupposes: [
    'fetching/delivers-what-is-served',
    'subscription/errors-are-the-clients',
    'subscription/refuses-incomplete-requests',
  ],
  pings: true,
  knobs: ['pingsPerSecondMax'],
  alone: true,
  floods: true,
  async run(context) {
    const { pingsPerSecondMax = 0 } = context.knobs
    const { topic, callback } = await context.subscribed()
    const { refused, perSecond } = await flood(() => context.ping(topic), 3 * pingsPerSecondMax, context.now)
    const slow = `it answered no more than ${Math.round(perSecond)} pings a second, which is below its limit`
    if (refused === undefined && perSecond < 2 * pingsPerSecondMax) skip(slow)
    const expected = 'a 429 or 503 for some of them'
    expect(refused !== undefined, { expected, found: `a 2xx for ${3 * pingsPerSecondMax} pings` })
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

/** Pings until one is refused or so many were sent. */
async function flood(
  ping: () => Promise<Answered>,
  pings: number,
  now: () => number,
): Promise<{ readonly refused: Answered | undefined; readonly perSecond: number }> {
  const beganAtMs = now()
  let sent = 0
  let refused: Answered | undefined
  const pingOn = async () => {
    while (refused === undefined && sent < pings) {
      sent++
      const answer = await ping()
      if (!isSuccess(answer)) refused ??= answer
    }
  }
  await Promise.all(Array.from({ length: atOnce }, pingOn))
  return { refused, perSecond: (sent * 1000) / Math.max(1, now() - beganAtMs) }
}
