import { type Claim, skip } from '../../claim.ts'
import { echo, parameter } from '../../peers.ts'

const askedSeconds = 3

export const claim: Claim = {
  rows: ['VER-15', 'LEASE-09'],
  level: 'MUST',
  section: '5.3',
  title: 'The lease counts from when the verification is sent, not from its answer',
  sends: `a subscription with hub.lease_seconds=${askedSeconds}, confirmed late; a ping once the lease is over by the hub’s own request`,
  expects: 'no delivery, while a subscriber whose lease runs gets one',
  presupposes: ['publishing/is-delivered', 'lease/ends'],
  async run(context) {
    const { timing } = context
    const topic = context.topic()
    const callback = context.callback()
    const lateMs = (2 * askedSeconds * timing.secondMs) / 3
    let answered = () => {}
    const late = new Promise<void>((resolve) => {
      answered = resolve
    })
    callback.onVerification((arrival) => ({ ...echo(arrival), until: late }))
    await context.subscribe(topic, callback, { 'hub.lease_seconds': String(askedSeconds) })
    const verification = await callback.verification()
    const leaseSeconds = Number(parameter(verification, 'hub.lease_seconds'))
    if (leaseSeconds > askedSeconds) skip(`it grants no lease below ${leaseSeconds} s`)
    const witness = await context.subscribed({ topic })
    const endsAtMs = verification.atMs + leaseSeconds * timing.secondMs
    await context.pass(Math.max(0, verification.atMs + lateMs - context.now()))
    answered()
    await context.noted(verification)
    const inTime = verification.answeredWhole && callback.verifications.length === 1
    if (!inTime) skip('it does not wait long enough for the answer')
    await context.pass(Math.max(0, endsAtMs + timing.secondMs / 4 - context.now()))
    await context.publish(topic)
    await witness.callback.delivery()
    await context.stays(() => callback.deliveries.length === 0, {
      expected: `no delivery later than ${leaseSeconds} s after the verification was sent`,
      found: () => `one ${((callback.deliveries[0]?.atMs ?? 0) - verification.atMs) / timing.secondMs} s after it`,
    })
  },
}
