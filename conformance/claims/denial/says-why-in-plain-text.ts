import { type Claim, expect, observed } from '../../claim.ts'
import { denied } from '../../denials.ts'
import { parameters } from '../../peers.ts'

export const claim: Claim = {
  rows: ['DEN-02', 'SEC-12'],
  level: 'MAY',
  section: '5.2',
  title: 'A denial may say why, in hub.reason',
  sends: 'a subscription request to a hub that refuses every topic',
  expects: 'no hub.reason, or one that is UTF-8, percent-encoded once, without control characters',
  presupposes: ['validation/refusal-is-told'],
  knobs: ['closedHub'],
  async run(context) {
    const { denial } = await denied(context)
    const reasons = parameters(denial, 'hub.reason')
    const found = reasons.map((reason) => JSON.stringify(reason)).join(', ')
    expect(reasons.length <= 1, { expected: 'one hub.reason at most', found }, denial)
    const [reason] = reasons
    if (reason === undefined) return observed('it does not say why')
    // What is no UTF-8 decodes to U+FFFD; what was encoded twice still has its escapes.
    const plain = !/[\p{Cc}\uFFFD]|%[0-9A-F]{2}/iu.test(reason)
    expect(plain, { expected: 'a hub.reason that can be shown as it is', found }, denial)
    return observed(`it says: ${reason}`)
  },
}
