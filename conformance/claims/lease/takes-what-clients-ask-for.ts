import { expectAccepted } from '../../checks.ts'
import { type Claim, observed } from '../../claim.ts'
import { askLease } from '../../leases.ts'

const askedSeconds = [1, 7200, 86_400, 432_000, 604_800, 864_000, 3_456_000, 315_360_000]

export const claim: Claim = {
  rows: ['LEASE-06', 'SEC-09'],
  level: 'hardening',
  section: '5.3.1',
  title:
    'A lease that is too short or too long is granted shorter or longer, and not refused: clients ask for ten years',
  sends: `subscription requests with hub.lease_seconds of ${askedSeconds.join(', ')}`,
  expects: 'a 2xx and a verification with a positive whole number, each time',
  presupposes: ['verification/has-each-parameter-once'],
  async run(context) {
    const granted = await Promise.all(
      askedSeconds.map(async (seconds) => {
        const { answer, granted = 0 } = await askLease(context, String(seconds))
        expectAccepted(answer, `hub.lease_seconds=${seconds}`)
        return granted
      }),
    )
    return observed(`of a second it makes ${Math.min(...granted)} s, of ten years ${Math.max(...granted)} s`)
  },
}
