import { type Claim, expect } from '../../claim.ts'

const versions: readonly (readonly [type: string, first: string, second: string])[] = [
  ['text/html; charset=utf-8', '<!doctype html><ul><li>a</ul>', '<!doctype html><ul><li>a<li>b</ul>'],
  ['text/plain; charset=utf-8', 'a\n', 'a\nb\n'],
  ['application/feed+json', jsonFeed('a'), jsonFeed('a', 'b')],
]

export const claim: Claim = {
  rows: ['DIFF-01'],
  level: 'MUST',
  section: '3.1.1.3, 7',
  title: 'Nothing but Atom and RSS is reduced: HTML, JSON Feed and everything else arrives whole',
  sends: 'to a hub that reduces feeds, two versions each of a page, a text and a JSON Feed',
  expects: 'both versions, byte for byte',
  presupposes: ['reduction/leaves-out-what-was-delivered', 'fetching/keeps-the-bytes'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    await Promise.all(
      versions.map(async ([type, ...contents]) => {
        const { topic: page, callback } = await subscribed({ topic: topic({ type }) })
        for (const content of contents) {
          await publish(page, content)
          const delivery = await callback.delivery()
          expect(delivery.text === content, { expected: content, found: delivery.text }, delivery)
        }
      }),
    )
  },
}

function jsonFeed(...ids: readonly string[]): string {
  const items = ids.map((id) => ({ id, content_text: `About ${id}.` }))
  return JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: 'A feed', items })
}
