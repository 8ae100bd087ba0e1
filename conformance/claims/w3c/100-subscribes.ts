import type { Claim } from '../../claim.ts'
import { w3cHtml, w3cPublishes, w3cReceives, w3cSubscribes, w3cTest } from '../../w3c.ts'

export const claim: Claim = {
  rows: ['PEER-01'],
  level: 'w3c',
  section: 'test 100',
  title: 'Typical subscriber request',
  sends: 'a subscription without a lease, then a ping by hub.topic',
  expects: 'exactly 202, a verification with a lease, the topic’s body and Content-Type, both links, no signature',
  presupposes: [],
  async run(context) {
    const test = w3cTest(context, { ...w3cHtml, number: 100 })
    await w3cSubscribes(test)
    await w3cPublishes(test)
    await w3cReceives(test)
  },
}
