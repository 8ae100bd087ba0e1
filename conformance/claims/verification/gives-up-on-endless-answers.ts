import { expectNoDelivery } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { challengeOf } from '../../peers.ts'

export const claim: Claim = {
  rows: ['VER-18', 'SEC-10'],
  level: 'hardening',
  section: '5.3.1',
  title: 'An answer to a verification that never ends is given up, and confirms nothing',
  sends: 'a subscription whose callback sends the challenge and then goes on for ever; then a ping',
  expects: 'a connection that the hub ends in the end, and no delivery',
  presupposes: ['publishing/is-delivered', 'verification/no-answer-confirms-nothing'],
  holds: true,
  async run(context) {
    const topic = context.topic()
    const callback = context.callback()
    callback.onVerification((arrival) => ({ body: challengeOf(arrival), fault: 'endless' }))
    await context.subscribe(topic, callback)
    const verification = await callback.verification()
    await context.until(() => verification.endedAtMs !== undefined, {
      withinMs: 2 * (context.knobs.verifyTimeoutMs ?? 15_000),
      expected: 'the hub to give up on an endless answer',
    })
    expect(!verification.answeredWhole, { expected: 'the hub to give up', found: 'that it read on' }, verification)
    await context.settle()
    await expectNoDelivery(context, topic, [{ callback, whom: 'the callback whose answer never ended' }])
  },
}
