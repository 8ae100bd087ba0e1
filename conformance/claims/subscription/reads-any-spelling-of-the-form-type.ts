import { encodeForm } from '../../asking.ts'
import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

const types = [
  'application/x-www-form-urlencoded; charset=UTF-8',
  'application/x-www-form-urlencoded;charset=utf-8',
  'Application/X-WWW-Form-Urlencoded',
]

export const claim: Claim = {
  rows: ['SUB-06'],
  level: 'MUST',
  section: '5.1',
  title: 'The form type is recognised in any case and with parameters',
  sends: `subscription requests whose Content-Type is ${types.join(' or ')}`,
  expects: 'a 2xx, then a verification of intent, each time',
  presupposes: ['subscription/is-verified'],
  async run({ send, topic, callback }) {
    const ask = async (type: string) => {
      const subscriber = callback()
      const fields = { 'hub.mode': 'subscribe', 'hub.topic': topic().url, 'hub.callback': subscriber.url }
      const answer = await send({ what: 'subscribe', headers: [['Content-Type', type]], body: encodeForm(fields) })
      expectAccepted(answer, `Content-Type: ${type}`)
      await subscriber.verification()
    }
    await Promise.all(types.map(ask))
  },
}
