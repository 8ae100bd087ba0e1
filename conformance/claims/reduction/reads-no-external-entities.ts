import { type Claim, expect } from '../../claim.ts'
import { atom } from '../../feeds.ts'

export const claim: Claim = {
  rows: ['DIFF-10'],
  level: 'hardening',
  section: '8',
  title: 'A feed makes the hub fetch nothing and expand nothing: external entities, entities within entities',
  sends:
    'to a hub that reduces feeds, feeds whose document type names an entity on the web, and one of a billion words',
  expects: 'both delivered as they are, and no request for what the entity names',
  presupposes: ['reduction/leaves-out-what-was-delivered'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic, stays }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    const secret = topic()
    const types = [
      `<!DOCTYPE feed SYSTEM "${secret.url}?dtd" [<!ENTITY a SYSTEM "${secret.url}?entity"><!ENTITY % b SYSTEM "${secret.url}?parameter"> %b;]>`,
      `<!DOCTYPE feed [<!ENTITY a0 "word ">${nested(9)}<!ENTITY a "&a9;">]>`,
    ]
    await Promise.all(
      types.map(async (type) => {
        const { topic: feed, callback } = await subscribed({ topic: topic({ type: atom.type }) })
        for (const names of [['a'], ['b', 'a']]) {
          const entries = names.map((name) => ({ name, text: `About ${name}: &a;` }))
          const served = await publish(feed, atom.write(entries).replace('<feed', `${type}\n<feed`))
          const delivery = await callback.delivery()
          const found = `${delivery.body.length} bytes`
          const expected = `at most the ${served.length} bytes that were served`
          expect(delivery.body.length <= served.length, { expected, found }, delivery)
        }
      }),
    )
    await stays(() => secret.requests.length === 0, {
      expected: 'no request for an external entity',
      found: () => `one for ${secret.requests[0]?.query}`,
    })
  },
}

function nested(depth: number): string {
  return Array.from({ length: depth }, (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`).join('')
}
