import { type Claim, expect } from '../../claim.ts'
import { w3cHtml, w3cPublishes, w3cReceives, w3cSubscribes, w3cTest } from '../../w3c.ts'

export const claim: Claim = {
  rows: ['PEER-01'],
  level: 'w3c',
  section: 'test 104',
  title: 'Unsubscribe request',
  sends: 'as in test 100; then an unsubscription, another body and another ping',
  expects: 'as in test 100; then exactly 202, a verification, and nothing for 15 s',
  presupposes: [],
  async run(context) {
    const test = w3cTest(context, { ...w3cHtml, number: 104 })
    const { topic, callback } = test
    await w3cSubscribes(test)
    await w3cPublishes(test)
    await w3cReceives(test)
    const answer = await context.unsubscribe(topic, callback)
    expect(answer.status === 202, { expected: 'status 202 and no other', found: `status ${answer.status}` }, answer)
    await context.noted(await callback.verification('unsubscribe'))
    topic.content = `${topic.content}<p>Another post.</p>`
    await w3cPublishes(test)
    await context.stays(() => callback.deliveries.length === 1, {
      expected: 'nothing after the unsubscription',
      found: () => 'a delivery',
      forMs: 5 * context.timing.quietMs,
    })
  },
}
