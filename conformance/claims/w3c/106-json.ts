import type { Claim } from '../../claim.ts'
import { w3cPublishes, w3cReceives, w3cSubscribes, w3cTest } from '../../w3c.ts'

export const claim: Claim = {
  rows: ['PEER-01'],
  level: 'w3c',
  section: 'test 106',
  title: 'JSON content',
  sends: 'as in test 100, with a topic of type application/json',
  expects: 'as in test 100',
  presupposes: [],
  async run(context) {
    const body = '{"items":[{"id":"1","content_text":"A post."}]}\n'
    const test = w3cTest(context, { number: 106, type: 'application/json', body })
    await w3cSubscribes(test)
    await w3cPublishes(test)
    await w3cReceives(test)
  },
}
