import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-05'],
  level: 'compat',
  section: '0.3 §7.1',
  title: 'A topic that one ping names twice is fetched once',
  sends: 'hub.mode=publish and the same hub.url three times',
  expects: 'one fetch',
  presupposes: ['publishing/takes-several-topics', 'publishing/may-poll'],
  pings: true,
  async run({ subscribed, ping, stays }) {
    const { topic, callback } = await subscribed()
    topic.content = 'Something new.'
    const before = topic.fetches.length
    expectAccepted(await ping(topic, topic, topic), 'a ping that names a topic three times')
    await callback.delivery()
    const count = () => topic.fetches.length - before
    await stays(() => count() <= 1, { expected: 'one fetch', found: () => `${count()}` })
  },
}
