import { type Claim, observed } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VAL-01'],
  level: 'MAY',
  section: '5.2',
  title: 'The hub may look at the topic before it accepts a subscription',
  sends: 'a subscription request',
  expects: 'either',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed }) {
    const { topic } = await subscribed()
    const count = topic.requests.length
    return observed(count === 0 ? 'it does not look at the topic' : `it asked the topic ${count} times`)
  },
}
