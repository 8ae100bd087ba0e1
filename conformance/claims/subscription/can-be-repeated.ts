import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-17'],
  level: 'MUST',
  section: '5.1',
  title: 'A subscription that runs can be asked for again, and is verified again',
  sends: 'a subscription request, then, once it was confirmed, the same request',
  expects: 'a 2xx and a verification each time',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed }) {
    await subscribed(await subscribed())
  },
}
