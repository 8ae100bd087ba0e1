import type { Claim } from '../../claim.ts'
import { w3cPublishes, w3cReceives, w3cSubscribes, w3cTest } from '../../w3c.ts'

export const claim: Claim = {
  rows: ['PEER-01'],
  level: 'w3c',
  section: 'test 105',
  title: 'Plaintext content',
  sends: 'as in test 100, with a topic of type text/plain;charset=UTF-8, written so',
  expects: 'as in test 100, the Content-Type to the letter',
  presupposes: [],
  async run(context) {
    const test = w3cTest(context, { number: 105, type: 'text/plain;charset=UTF-8', body: 'A post, as plain text.\n' })
    await w3cSubscribes(test)
    await w3cPublishes(test)
    await w3cReceives(test)
  },
}
