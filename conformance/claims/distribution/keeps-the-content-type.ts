import { type Claim, expect } from '../../claim.ts'
import { contentTypes, deliveredWithEach, meaningOf } from '../../content-types.ts'
import { headerLines } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-03'],
  level: 'MUST',
  section: '7',
  title: "A delivery has the topic's Content-Type: the same media type with the same parameters",
  sends: `topics with Content-Type: ${contentTypes.join(', or ')}`,
  expects: 'the same media type and parameters, however they are written, in one Content-Type line',
  presupposes: ['publishing/is-delivered'],
  async run(context) {
    await deliveredWithEach(context, (delivery, type) => {
      const found = headerLines(delivery.headers, 'Content-Type')
      expect(
        found.length === 1 && meaningOf(found[0] ?? '') === meaningOf(type),
        { expected: `Content-Type: ${type}`, found: found.length === 0 ? 'none' : found.join(' and ') },
        delivery,
      )
    })
  },
}
