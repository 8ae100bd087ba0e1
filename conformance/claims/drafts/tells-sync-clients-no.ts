import { expectNoDelivery, expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PSH-05'],
  level: 'compat',
  section: '0.3 §6.1.2',
  title: 'hub.verify=sync alone is answered with a 4xx, such as 409, where the callback does not agree',
  sends: 'a subscription request with hub.verify=sync; its callback answers 404; then a ping',
  expects: 'a 4xx, and no delivery',
  presupposes: [
    'drafts/answers-sync-at-once',
    'verification/only-2xx-confirms',
    'verification/rejection-is-final',
    'publishing/is-delivered',
  ],
  async run(context) {
    const [topic, callback] = [context.topic(), context.callback()]
    callback.onVerification({ status: 404 })
    const answer = await context.subscribe(topic, callback, { 'hub.verify': 'sync' })
    expectRefused(answer, 'a subscription that its callback refused')
    await expectNoDelivery(context, topic, [{ callback, whom: 'the callback that answered 404' }])
  },
}
