import { type Claim, expect } from '../../claim.ts'
import { contentTypes, deliveredWithEach } from '../../content-types.ts'
import { headerLines } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-03', 'PSH-12'],
  level: 'compat',
  section: '7',
  title: "A delivery has the topic's Content-Type to the letter, as some compare it: parameters, spacing and case",
  sends: `topics with Content-Type: ${contentTypes.join(', or ')}`,
  expects: 'the same value, as a string',
  presupposes: ['distribution/keeps-the-content-type'],
  async run(context) {
    await deliveredWithEach(context, (delivery, type) => {
      const found = headerLines(delivery.headers, 'Content-Type').join(' and ')
      expect(found === type, { expected: `Content-Type: ${type}`, found }, delivery)
    })
  },
}
