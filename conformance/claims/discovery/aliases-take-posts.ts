import { isSuccess } from '../../asking.ts'
import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DISC-11'],
  level: 'hardening',
  section: '5.1.2, 8.2',
  title: 'Another URL of the hub, such as http beside https, takes requests or redirects them with 307 or 308',
  sends: 'a subscription request to that URL',
  expects: 'a 2xx; or 307 or 308 with an absolute Location: 301, 302 and 303 turn a POST into a GET',
  presupposes: ['subscription/is-verified'],
  knobs: ['aliasUrl'],
  async run({ toward, knobs: { aliasUrl = '' }, topic, callback }) {
    const answer = await toward(aliasUrl).subscribe(topic(), callback())
    if (isSuccess(answer)) return
    const keepsPost = answer.status === 307 || answer.status === 308
    const found = `status ${answer.status}`
    expect(keepsPost, { expected: 'a 2xx, 307 or 308', found }, answer)
    const location = headerValue(answer.headers, 'Location') ?? 'none'
    expect(URL.canParse(location), { expected: 'an absolute Location', found: location }, answer)
  },
}
