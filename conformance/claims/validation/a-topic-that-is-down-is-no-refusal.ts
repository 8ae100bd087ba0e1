import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VAL-08'],
  level: 'hardening',
  section: '5.2',
  title: 'A topic that cannot be fetched just now is no reason to refuse: publishers are down at times',
  sends: 'a subscription request for a topic that answers 503',
  expects: 'a verification of intent',
  presupposes: ['subscription/is-verified'],
  async run({ topic, subscribed }) {
    const publisher = topic()
    publisher.serves({ status: 503 })
    await subscribed({ topic: publisher })
  },
}
