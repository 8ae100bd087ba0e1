import { expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DISC-01'],
  level: 'MUST*',
  section: '4, 7',
  title: 'Where a topic names itself in a Link header and in its HTML, the header counts',
  sends: 'a ping for a page whose Link header and whose <link> name two URLs as rel=self',
  expects: 'the header’s URL as rel=self in the delivery',
  presupposes: ['distribution/hands-on-the-advertised-self'],
  async run({ subscribed, publish, topic: fresh }) {
    const [topic, other] = [fresh(), fresh()]
    const { callback } = await subscribed({ topic })
    await publish(
      topic,
      `<!doctype html><head><title>A topic</title><link rel="self" href="${other.url}"></head><p>New.`,
    )
    expectSelf(await callback.delivery(), topic.url)
  },
}
