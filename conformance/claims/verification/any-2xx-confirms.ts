import type { Claim } from '../../claim.ts'
import { echo } from '../../peers.ts'

const statuses = [200, 201, 202, 203, 299]

export const claim: Claim = {
  rows: ['VER-09'],
  level: 'MUST',
  section: '5.3.1',
  title: 'Any 2xx with the challenge as its body confirms',
  sends: `subscriptions whose callbacks echo the challenge with ${statuses.join(', ')}; then a ping`,
  expects: 'a delivery to each of them',
  presupposes: ['publishing/is-delivered', 'distribution/reaches-each-subscription'],
  async run({ topic, callback, subscribed, publish }) {
    const publisher = topic()
    const subscribers = statuses.map((status) => {
      const subscriber = callback()
      subscriber.onVerification((arrival) => ({ ...echo(arrival), status }))
      return subscriber
    })
    await Promise.all(subscribers.map((subscriber) => subscribed({ topic: publisher, callback: subscriber })))
    await publish(publisher)
    await Promise.all(subscribers.map((subscriber) => subscriber.delivery()))
  },
}
