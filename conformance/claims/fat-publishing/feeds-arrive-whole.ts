import { type Claim, expect } from '../../claim.ts'
import { atom, namesIn, told } from '../../feeds.ts'
import { handedOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-04'],
  level: 'MUST*',
  section: '7',
  title: 'A feed that is handed over is the full contents of its topic, and delivered as such',
  sends: 'an Atom feed with entries a, b and c, as content',
  expects: 'a delivery with all three',
  presupposes: ['fat-publishing/is-delivered', 'reduction/carries-what-is-new'],
  knobs: ['publisherKey'],
  async run(context) {
    const { topic, callback } = await subscribedToKeyed(context)
    const body = atom.write(['a', 'b', 'c'].map((name) => ({ name })))
    await handedOver(context, { topic, body, type: atom.type })
    const delivery = await callback.delivery()
    const names = namesIn(delivery.text)
    expect(names.length === 3, { expected: 'entries a, b, c', found: told(names) }, delivery)
  },
}
