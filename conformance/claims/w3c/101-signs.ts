import type { Claim } from '../../claim.ts'
import { w3cHtml, w3cPublishes, w3cReceives, w3cSubscribes, w3cTest } from '../../w3c.ts'

export const claim: Claim = {
  rows: ['PEER-01'],
  level: 'w3c',
  section: 'test 101',
  title: 'Subscriber includes a secret',
  sends: 'as in test 100, with hub.secret of 20 characters',
  expects: 'as in test 100, with an X-Hub-Signature in lower case that verifies',
  presupposes: [],
  async run(context) {
    const test = w3cTest(context, { ...w3cHtml, number: 101, secret: 'k3fj2m9x7q1z8v5t4w6y' })
    await w3cSubscribes(test)
    await w3cPublishes(test)
    await w3cReceives(test)
  },
}
