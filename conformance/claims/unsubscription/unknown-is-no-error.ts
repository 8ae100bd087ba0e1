import { isSuccess } from '../../asking.ts'
import { expectNoDelivery, expectRefused } from '../../checks.ts'
import { type Claim, observed } from '../../claim.ts'

export const claim: Claim = {
  rows: ['UNS-09'],
  level: 'MAY',
  section: '5.1.2',
  title: 'An unsubscription where there is no subscription may be accepted or refused, and begins nothing',
  sends: 'an unsubscription for a topic and a callback that were never subscribed; a ping',
  expects: 'a 2xx or a 4xx; no delivery, while a subscriber of the same topic gets one',
  presupposes: ['unsubscription/is-verified', 'publishing/is-delivered'],
  async run(context) {
    const [topic, callback] = [context.topic(), context.callback()]
    const answer = await context.unsubscribe(topic, callback)
    if (!isSuccess(answer)) expectRefused(answer, 'an unsubscription of what is not subscribed')
    await expectNoDelivery(context, topic, [{ callback, whom: 'the callback that was never subscribed' }])
    const asks = callback.verifications.length > 0 ? 'asks the callback' : 'asks nobody'
    return observed(isSuccess(answer) ? `it answers ${answer.status} and ${asks}` : `it refuses with ${answer.status}`)
  },
}
