import type { Claim } from '../../claim.ts'
import { w3cHtml, w3cPublishes, w3cReceives, w3cSubscribes, w3cTest } from '../../w3c.ts'

export const claim: Claim = {
  rows: ['PEER-01'],
  level: 'w3c',
  section: 'test 102',
  title: 'Subscriber sends additional parameters',
  sends: 'as in test 100, with foo=bar and hub.foo=hub.bar',
  expects: 'as in test 100',
  presupposes: [],
  async run(context) {
    const test = w3cTest(context, { ...w3cHtml, number: 102 })
    await w3cSubscribes(test, { foo: 'bar', 'hub.foo': 'hub.bar' })
    await w3cPublishes(test)
    await w3cReceives(test)
  },
}
