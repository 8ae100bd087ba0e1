import { type Claim, expect } from '../../claim.ts'
import { denied } from '../../denials.ts'

const own = 'foo=bar&hub.mode=mine&a%20b=c+d'

export const claim: Claim = {
  rows: ['DEN-04'],
  level: 'MUST*',
  section: '5.1.1, 5.2',
  title: 'A denial keeps the callback’s own query and appends to it, as a verification does',
  sends: `a subscription request to a hub that refuses every topic, for a callback with the query ${own}`,
  expects: `a denial whose query begins with ${own}&`,
  presupposes: ['validation/refusal-is-told', 'verification/keeps-the-callbacks-query'],
  knobs: ['closedHub'],
  async run(context) {
    const { denial } = await denied(context, { suffix: `?${own}` })
    const expected = `a query that begins with ${own}&`
    expect(denial.query.startsWith(`${own}&`), { expected, found: denial.query }, denial)
  },
}
