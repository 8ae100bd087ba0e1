import { type Claim, expect } from '../../claim.ts'
import { denied } from '../../denials.ts'
import { headerLines } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DEN-09'],
  level: 'compat',
  section: '0.4 §5.2',
  title: 'A denial offers no other topic by Location: only a draft had that, and it means nothing in a request',
  sends: 'a subscription request to a hub that refuses every topic',
  expects: 'a denial without a Location header',
  presupposes: ['validation/refusal-is-told'],
  knobs: ['closedHub'],
  async run(context) {
    const { denial } = await denied(context)
    const lines = headerLines(denial.headers, 'Location')
    expect(lines.length === 0, { expected: 'no Location', found: `Location: ${lines.join(', ')}` }, denial)
  },
}
