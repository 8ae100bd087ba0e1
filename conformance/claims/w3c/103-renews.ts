import type { Claim } from '../../claim.ts'
import { w3cHtml, w3cPublishes, w3cReceives, w3cSubscribes, w3cTest } from '../../w3c.ts'

export const claim: Claim = {
  rows: ['PEER-01'],
  level: 'w3c',
  section: 'test 103',
  title: 'Subscriber re-subscribes before the subscription expires',
  sends: 'as in test 100, the subscription twice',
  expects: 'as in test 100, and one delivery only',
  presupposes: [],
  async run(context) {
    const test = w3cTest(context, { ...w3cHtml, number: 103 })
    await w3cSubscribes(test)
    await w3cSubscribes(test)
    await w3cPublishes(test)
    await w3cReceives(test)
    const { deliveries } = test.callback
    await context.stays(() => deliveries.length === 1, {
      expected: 'one delivery',
      found: () => `${deliveries.length}`,
    })
  },
}
