import { type Claim, expect } from '../../claim.ts'
import { meaningOf } from '../../content-types.ts'
import { atom, rss } from '../../feeds.ts'
import { headerLines } from '../../wire.ts'

const types = [
  [atom, 'application/xml;charset="utf-8"'],
  [rss, 'text/xml; charset=utf-8'],
] as const

export const claim: Claim = {
  rows: ['DIFF-06'],
  level: 'MUST*',
  section: '7',
  title: 'A reduced feed has the Content-Type that the topic served',
  sends: `to a hub that reduces feeds, feeds with Content-Type: ${types.map(([, type]) => type).join(', or ')}`,
  expects: 'the same media type and parameters with what is left of them, however they are written',
  presupposes: ['reduction/leaves-out-what-was-delivered', 'distribution/keeps-the-content-type'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    await Promise.all(
      types.map(async ([{ write }, type]) => {
        const { topic: feed, callback } = await subscribed({ topic: topic({ type }) })
        await publish(feed, write([{ name: 'a' }]))
        await callback.delivery()
        await publish(feed, write([{ name: 'b' }, { name: 'a' }]))
        const delivery = await callback.delivery()
        const found = headerLines(delivery.headers, 'Content-Type').join(' and ')
        expect(meaningOf(found) === meaningOf(type), { expected: `Content-Type: ${type}`, found }, delivery)
      }),
    )
  },
}
