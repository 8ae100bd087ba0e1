import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-07', 'PSH-04'],
  level: 'compat',
  section: '0.3 §7.1',
  title: 'A ping is answered with 204 and no body: Laminas Feed takes anything else for a failure',
  sends: 'a ping for a topic with a subscription',
  expects: 'status 204',
  presupposes: ['publishing/is-delivered'],
  pings: true,
  async run({ subscribed, ping }) {
    const { topic } = await subscribed()
    const answer = await ping(topic)
    expect(answer.status === 204, { expected: 'status 204', found: `status ${answer.status}` }, answer)
  },
}
