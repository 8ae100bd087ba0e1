import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PSH-05'],
  level: 'compat',
  section: '0.3 §6.1.2',
  title: 'hub.verify=sync alone is answered with 204 once the callback has agreed: some old clients take nothing else',
  sends: 'a subscription request with hub.verify=sync; its callback echoes the challenge',
  expects: 'status 204, after the verification',
  presupposes: ['drafts/sync-makes-a-subscription'],
  async run({ subscribe, topic, callback }) {
    const subscriber = callback()
    const answer = await subscribe(topic(), subscriber, { 'hub.verify': 'sync' })
    const asked = subscriber.verifications.length
    const found = `status ${answer.status}${asked === 0 ? ', before the callback was asked' : ''}`
    expect(answer.status === 204 && asked > 0, { expected: 'status 204, after the verification', found }, answer)
  },
}
