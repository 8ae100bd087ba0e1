import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-01', 'SUB-39', 'VAL-02'],
  level: 'MUST',
  section: '5.1',
  title: 'A subscription request with hub.mode, hub.topic and hub.callback alone leads to a verification of intent',
  sends: 'a form with the three required parameters, for a topic the hub has never seen',
  expects: 'a 2xx, then a GET to the callback',
  presupposes: [],
  async run({ subscribed }) {
    await subscribed()
  },
}
