import { type Claim, expect } from '../../claim.ts'
import { denied } from '../../denials.ts'
import { parameters } from '../../peers.ts'

const foreign = ['hub.challenge', 'hub.lease_seconds']

export const claim: Claim = {
  rows: ['DEN-03'],
  level: 'MUST*',
  section: '5.2',
  title: 'A denial tells, and asks nothing: it has no challenge and no lease',
  sends: 'a subscription request to a hub that refuses every topic',
  expects: `a denial without ${foreign.join(' and ')}`,
  presupposes: ['validation/refusal-is-told'],
  knobs: ['closedHub'],
  async run(context) {
    const { denial } = await denied(context)
    for (const name of foreign) {
      const values = parameters(denial, name)
      expect(values.length === 0, { expected: `no ${name} in a denial`, found: `${name}=${values[0]}` }, denial)
    }
  },
}
