import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['UNS-01', 'SUB-05', 'VER-02'],
  level: 'MUST',
  section: '5.1, 5.3',
  title: 'An unsubscription, asked for at the same URL and in the same form, is verified',
  sends: 'hub.mode=unsubscribe for a subscription that runs',
  expects: 'a 2xx, then a GET to the callback with hub.mode=unsubscribe',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed, unsubscribed }) {
    await unsubscribed(await subscribed())
  },
}
