import { encodeForm } from '../../asking.ts'
import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-35'],
  level: 'compat',
  section: '5.1',
  title: 'A form that comes without any Content-Type is read as one: some clients send none',
  sends: 'a subscription request without Content-Type',
  expects: 'a 2xx, then a verification of intent',
  presupposes: ['subscription/is-verified'],
  async run({ send, topic, callback }) {
    const subscriber = callback()
    const fields = { 'hub.mode': 'subscribe', 'hub.topic': topic().url, 'hub.callback': subscriber.url }
    const answer = await send({ what: 'subscribe', body: encodeForm(fields) })
    expectAccepted(answer, 'a form without Content-Type')
    await subscriber.verification()
  },
}
