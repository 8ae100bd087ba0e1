import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['UNS-01', 'SUB-02'],
  level: 'MUST',
  section: '5.1.2',
  title: 'An unsubscription request is answered with 202 Accepted',
  sends: 'hub.mode=unsubscribe for a subscription that runs',
  expects: 'status 202, whatever the body',
  presupposes: ['subscription/answers-202', 'unsubscription/is-verified'],
  async run({ subscribed, unsubscribe }) {
    const { topic, callback } = await subscribed()
    const answer = await unsubscribe(topic, callback)
    expect(answer.status === 202, { expected: 'status 202', found: `status ${answer.status}` }, answer)
  },
}
