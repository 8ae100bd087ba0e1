import { type Claim, expect } from '../../claim.ts'
import { atom, namesIn, told } from '../../feeds.ts'

export const claim: Claim = {
  rows: ['DIFF-02'],
  level: 'MUST*',
  section: '7',
  title: 'Already delivered means delivered to this subscription: who joins later is sent every entry',
  sends: 'a ping for a feed with two entries; then a second subscription; then a ping with a third entry',
  expects: 'a delivery to the second subscriber with all three',
  presupposes: ['reduction/leaves-out-what-was-delivered', 'validation/first-ping-is-always-delivered'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    const first = await subscribed({ topic: topic({ type: atom.type }) })
    await publish(first.topic, atom.write([{ name: 'a' }, { name: 'b' }]))
    await first.callback.delivery()
    const newcomer = await subscribed({ topic: first.topic })
    await publish(first.topic, atom.write([{ name: 'c' }, { name: 'a' }, { name: 'b' }]))
    const delivery = await newcomer.callback.delivery()
    const names = namesIn(delivery.text)
    expect(names.length === 3, { expected: 'entries c, a, b', found: told(names) }, delivery)
  },
}
