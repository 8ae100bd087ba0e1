import { type Claim, expect } from '../../claim.ts'
import { parameter } from '../../peers.ts'

export const claim: Claim = {
  rows: ['VAL-03', 'DEN-01'],
  level: 'MUST',
  section: '5.2',
  title: 'A subscription that was accepted and then refused is denied at the callback',
  sends: 'a subscription request to a hub that refuses every topic',
  expects: 'a 2xx, then a GET to the callback with hub.mode=denied and the topic as given; or a 4xx at once',
  presupposes: ['subscription/is-verified'],
  knobs: ['closedHub'],
  async run({ toward, knobs, topic, callback }) {
    const { subscribe } = toward(knobs.closedHub ?? '')
    const [publisher, subscriber] = [topic({ suffix: '/%7Ea?b=%20' }), callback()]
    const { status } = await subscribe(publisher, subscriber)
    if (status >= 400 && status < 500) return
    const denial = await subscriber.denial()
    const found = parameter(denial, 'hub.topic') ?? 'none'
    expect(found === publisher.url, { expected: `hub.topic=${publisher.url}`, found }, denial)
    const early = subscriber.verifications.length
    expect(early === 0, { expected: 'no verification', found: `${early}` }, ...subscriber.verifications)
  },
}
