import { encodeForm, formType } from '../../asking.ts'
import { expectAccepted } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['MIG-01', 'MIG-02'],
  level: 'MUST',
  section: '5.1.2',
  title: 'A hub that sends subscribers elsewhere answers 307 or 308 with a Location, which takes the same request',
  sends: 'a subscription request to the hub that is set to do so; then the same to the Location',
  expects: '307 or 308 with an absolute Location, then a 2xx and a verification',
  presupposes: ['subscription/is-verified'],
  knobs: ['movedHub'],
  async run({ toward, knobs: { movedHub = '' }, topic, callback: fresh, send }) {
    const [asked, callback] = [topic(), fresh()]
    const answer = await toward(movedHub).subscribe(asked, callback)
    const { status } = answer
    expect(status === 307 || status === 308, { expected: '307 or 308', found: `status ${status}` }, answer)
    const location = headerValue(answer.headers, 'Location') ?? 'none'
    expect(URL.canParse(location), { expected: 'an absolute Location', found: location }, answer)
    const body = encodeForm({ 'hub.mode': 'subscribe', 'hub.topic': asked.url, 'hub.callback': callback.url })
    const again = await send({ what: 'subscribe', url: location, headers: [formType], body })
    expectAccepted(again, 'the same request at the Location')
    await callback.verification()
  },
}
