import { type Claim, observed } from '../../claim.ts'
import { challengeOf } from '../../peers.ts'

export const claim: Claim = {
  rows: ['VER-13'],
  level: 'MAY',
  section: '5.3.1',
  title: 'Blanks around the challenge in an answer may be overlooked',
  sends:
    'a subscription whose callback echoes the challenge with a space in front and a line break behind it; then a ping',
  expects: 'either; whether a delivery comes is noted',
  presupposes: ['publishing/is-delivered', 'verification/only-the-challenge-confirms'],
  async run(context) {
    const [topic, callback] = [context.topic(), context.callback()]
    callback.onVerification((arrival) => ({ body: ` ${challengeOf(arrival)}\n` }))
    await context.subscribe(topic, callback)
    await context.noted(await callback.verification())
    const witness = await context.subscribed({ topic })
    await context.publish(topic)
    await witness.callback.delivery()
    const confirms = await context.happens(() => callback.deliveries.length > 0, context.timing.quietMs)
    return observed(confirms ? 'it overlooks them' : 'it takes that for another answer')
  },
}
