import { expectNoVerification, expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-07'],
  level: 'hardening',
  section: '5.1',
  title: 'A request in JSON is refused',
  sends: 'the three required parameters as a JSON object, Content-Type: application/json',
  expects: 'a 4xx (415 fits), and no request to the callback',
  presupposes: ['subscription/is-verified', 'subscription/errors-are-the-clients'],
  async run(context) {
    const callback = context.callback()
    const fields = { 'hub.mode': 'subscribe', 'hub.topic': context.topic().url, 'hub.callback': callback.url }
    const headers = [['Content-Type', 'application/json']] as const
    expectRefused(await context.send({ what: 'subscribe', headers, body: JSON.stringify(fields) }), 'a JSON body')
    await expectNoVerification(context, callback, 'the request was refused')
  },
}
