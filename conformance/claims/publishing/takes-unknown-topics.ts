import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-08'],
  level: 'compat',
  section: '0.3 §7.1',
  title: 'A ping for a topic that nobody subscribed to is accepted: publishers do not know who did',
  sends: 'a ping for a topic without a subscription',
  expects: 'a 2xx',
  presupposes: ['publishing/is-delivered'],
  pings: true,
  async run({ topic, ping }) {
    expectAccepted(await ping(topic()), 'a ping for a topic that nobody subscribed to')
  },
}
