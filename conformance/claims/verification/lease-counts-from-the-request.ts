import { type Claim, skip } from '../../claim.ts'
import type { Context } from '../../context.ts'
import { leaseTold } from '../../leases.ts'
import { type Arrival, echo } from '../../peers.ts'
import type { Timing } from '../../settings.ts'

export const claim: Claim = {
  rows: ['VER-15', 'LEASE-09'],
  level: 'MUST',
  section: '5.3',
  title: 'The lease counts from when the verification is sent, not from its answer',
  sends:
    'a subscription with a lease of seconds that is confirmed late; a ping once the lease is over by the hub’s own request',
  expects: 'no delivery, while a subscriber whose lease runs gets one',
  presupposes: ['publishing/is-delivered', 'lease/ends'],
  holds: true,
  async run(context) {
    const { timing } = context
    const lateMs = latestAnswerMs(context)
    const askedSeconds = Math.ceil(lateMs / timing.secondMs) + 1
    const [topic, callback] = [context.topic(), context.callback()]
    const late = Promise.withResolvers<void>()
    // What a hub asks later by itself (§5, step 4) is refused: confirmed, it would let the lease go on.
    callback.onVerification((arrival, before) =>
      before === 0 ? { ...echo(arrival), until: late.promise } : { status: 404 },
    )
    await context.subscribe(topic, callback, { 'hub.lease_seconds': String(askedSeconds) })
    const verification = await callback.verification()
    const leaseSeconds = leaseTold(verification)
    if (leaseSeconds > askedSeconds) skip(`it grants no lease below ${leaseSeconds} s`)
    const witness = await context.subscribed({ topic })
    const endsAtMs = verification.atMs + leaseSeconds * timing.secondMs
    await context.pass(Math.max(0, verification.atMs + lateMs - context.now()))
    late.resolve()
    await context.noted(verification)
    const inTime = verification.answeredWhole && callback.verifications.length === 1
    if (!inTime) skip('it does not wait long enough for the answer')
    await context.pass(Math.max(0, endsAtMs + timing.secondMs / 4 - context.now()))
    await context.publish(topic)
    await witness.callback.delivery()
    const tooLate = () => callback.deliveries.filter(({ atMs }) => atMs > endsAtMs)
    await context.stays(() => tooLate().length === 0, {
      expected: `no delivery later than ${leaseSeconds} s after the verification was sent`,
      found: () => `one ${secondsBetween(verification, tooLate()[0], timing)} s after it`,
    })
  },
}

/** The later the answer, the longer a hub that counts from it goes on too long. */
function latestAnswerMs({ knobs, timing }: Context): number {
  return knobs.verifyTimeoutMs === undefined ? 2 * timing.secondMs : 0.75 * knobs.verifyTimeoutMs
}

function secondsBetween(from: Arrival, to: Arrival | undefined, { secondMs }: Timing): string {
  return (((to?.atMs ?? 0) - from.atMs) / secondMs).toFixed(1)
}
