import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-02'],
  level: 'MUST',
  section: '5.1.2',
  title: 'A subscription request is answered with 202 Accepted',
  sends: 'a valid subscription request',
  expects: 'status 202, whatever the body',
  presupposes: ['subscription/is-verified'],
  async run({ subscribe, topic, callback }) {
    const answer = await subscribe(topic(), callback())
    expect(answer.status === 202, { expected: 'status 202', found: `status ${answer.status}` }, answer)
  },
}
