import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-02', 'SUB-17'],
  level: 'MUST',
  section: '5.1.2',
  title: 'A renewal is answered with 202 Accepted like any subscription request',
  sends: 'a subscription request, then, once it was confirmed, the same request',
  expects: 'status 202, whatever the body',
  presupposes: ['subscription/answers-202', 'subscription/can-be-repeated'],
  async run({ subscribed }) {
    const { answer } = await subscribed(await subscribed())
    expect(answer.status === 202, { expected: 'status 202', found: `status ${answer.status}` }, answer)
  },
}
