import { encodeForm, formType } from '../../asking.ts'
import { expectNoVerification, expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-28'],
  level: 'hardening',
  section: '5.1',
  title: 'Subscription parameters in the hub URL’s query are not a request',
  sends: 'a POST whose URL has the three parameters in its query, with an empty form',
  expects: 'a 4xx, and no request to the callback',
  presupposes: ['subscription/refuses-incomplete-requests', 'subscription/errors-are-the-clients'],
  async run(context) {
    const callback = context.callback()
    const fields = { 'hub.mode': 'subscribe', 'hub.topic': context.topic().url, 'hub.callback': callback.url }
    const url = `${context.hub}${context.hub.includes('?') ? '&' : '?'}${encodeForm(fields)}`
    const answer = await context.send({ what: 'request', url, headers: [formType] })
    expectRefused(answer, 'parameters in the query')
    await expectNoVerification(context, callback, 'the form was empty')
  },
}
