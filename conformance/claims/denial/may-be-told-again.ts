import { type Claim, observed } from '../../claim.ts'
import { denied } from '../../denials.ts'

export const claim: Claim = {
  rows: ['DEN-08'],
  level: 'MAY',
  section: '5.2',
  title: 'A denial that got a 503 may be sent again',
  sends: 'a subscription request to a hub that refuses every topic; the callback answers the denial with 503',
  expects: 'either',
  presupposes: ['denial/is-told-once'],
  knobs: ['closedHub'],
  async run(context) {
    const { callback, denial } = await denied(context, { answering: { status: 503 } })
    const forMs = Math.max(context.timing.quietMs, context.knobs.verifyRetryWithinMs ?? 0)
    const again = await context.happens(() => callback.denials.length > 1, forMs)
    const second = callback.denials[1]
    if (!again || second === undefined) return observed(`it did not tell again within ${forMs / 1000} s`)
    return observed(`it told again after ${((second.atMs - denial.atMs) / 1000).toFixed(2)} s`)
  },
}
