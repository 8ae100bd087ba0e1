import type { Claim } from '../../claim.ts'
import { noConfirmations, noConfirmationsOfNewcomers } from '../../no-confirmation.ts'

export const claim: Claim = {
  rows: ['UNS-04', 'VER-11', 'VER-13', 'VER-14'],
  level: 'MUST',
  section: '5.1, 5.3.1',
  title: 'An unsubscription is confirmed by the challenge alone: anybody can ask for one',
  sends:
    'unsubscriptions whose callbacks answer 200 with another word or with nothing, answer 204, or redirect to one that echoes the challenge; then a ping',
  expects: 'a delivery to each of them',
  presupposes: [
    'unsubscription/unconfirmed-ends-nothing',
    'distribution/reaches-each-subscription',
    ...noConfirmationsOfNewcomers,
  ],
  async run(context) {
    const topic = context.topic()
    const answering = Object.entries(noConfirmations(context)).map(async ([what, answerer]) => {
      const { callback } = await context.subscribed({ topic })
      callback.onVerification(answerer)
      await context.unsubscribe(topic, callback)
      await context.noted(await callback.verification('unsubscribe'))
      return { what, callback }
    })
    const subscribers = await Promise.all(answering)
    await context.publish(topic)
    const missing = () => subscribers.filter(({ callback }) => callback.deliveries.length === 0)
    await context.until(() => missing().length === 0, {
      expected: 'a delivery to each callback, for none has confirmed that it leaves',
      found: () =>
        `none to the one that ${missing()
          .map(({ what }) => what)
          .join(', nor to the one that ')}`,
      withinMs: context.timing.deliveryMs,
    })
  },
}
