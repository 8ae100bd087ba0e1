import { encodeForm } from '../../asking.ts'
import { expectNoVerification } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DISC-10'],
  level: 'hardening',
  section: '5.1',
  title: 'A GET on the hub URL subscribes nobody, whatever its query says',
  sends: 'a GET with all parameters of a subscription request in the query',
  expects: 'no request to the callback',
  presupposes: ['subscription/is-verified', 'discovery/answers-visitors'],
  async run(context) {
    const callback = context.callback()
    const fields = { 'hub.mode': 'subscribe', 'hub.topic': context.topic().url, 'hub.callback': callback.url }
    const url = `${context.hub}${context.hub.includes('?') ? '&' : '?'}${encodeForm(fields)}`
    await context.send({ what: 'GET', url, method: 'GET' })
    await expectNoVerification(context, callback, 'a GET changes nothing')
  },
}
