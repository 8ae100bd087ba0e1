import { expectReached, expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-18'],
  level: 'hardening',
  section: '6',
  title: 'A ping that names something malformed among its topics is refused whole',
  sends: 'hub.mode=publish with the hub.url of a topic and hub.url=nonsense; then a ping for another topic',
  expects: 'a 4xx and no fetch of the first topic, while the other is delivered',
  presupposes: [
    'publishing/refuses-pings-of-nothing',
    'publishing/takes-several-topics',
    'subscription/errors-are-the-clients',
    'publishing/may-poll',
  ],
  pings: true,
  async run(context) {
    const { topic } = await context.subscribed()
    const before = topic.fetches.length
    expectRefused(await context.ping(topic, 'nonsense'), 'a ping with a malformed URL among its topics')
    const witness = context.topic()
    await expectReached(context, 'a ping', [witness], () => context.ping(witness))
    await context.stays(() => topic.fetches.length === before, {
      expected: 'no fetch of a topic whose ping was refused',
      found: () => `${topic.fetches.length - before}`,
    })
  },
}
