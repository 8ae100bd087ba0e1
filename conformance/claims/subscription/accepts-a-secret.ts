import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-03', 'SUB-38'],
  level: 'MUST',
  section: '5.1',
  title: 'A subscription request with hub.secret is accepted, over plain http too',
  sends: 'hub.secret of 20 ASCII characters with an ordinary subscription request',
  expects: 'a 2xx, then a verification of intent',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed }) {
    await subscribed({ fields: { 'hub.secret': 'k3fj2m9x7q1z8v5t4w6y' } })
  },
}
