import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-15'],
  level: 'hardening',
  section: '6',
  title: 'A closed hub refuses a ping for a topic that it does not serve, and does not fetch it',
  sends: 'a ping for a foreign topic, to the hub that is set to refuse all of them',
  expects: 'a 4xx (403 fits), and no fetch',
  presupposes: ['publishing/refuses-pings-of-nothing', 'subscription/errors-are-the-clients'],
  pings: true,
  knobs: ['closedHub'],
  async run(context) {
    const { topic, ping, stays } = context.toward(context.knobs.closedHub ?? '')
    const foreign = topic()
    expectRefused(await ping(foreign), 'a ping for a foreign topic')
    await stays(() => foreign.requests.length === 0, {
      expected: 'no request to a topic that was refused',
      found: () => `a ${foreign.requests[0]?.exchange.what}`,
    })
  },
}
