import { expectUnconfirmed } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { type Answerer, echo } from '../../peers.ts'

const statuses = [400, 401, 403, 404, 410, 500, 503]

export const claim: Claim = {
  rows: ['VER-12', 'DIST-14'],
  level: 'MUST',
  section: '5.3.1',
  title: 'A 4xx or 5xx in answer to a verification confirms nothing, even if it echoes the challenge',
  sends: `subscriptions whose callbacks echo the challenge with ${statuses.join(', ')}; then a ping`,
  expects: 'no delivery to any of them, while a subscriber that confirmed gets one',
  presupposes: ['publishing/is-delivered'],
  async run(context) {
    const echoes = statuses.map((status): readonly [string, Answerer] => [
      `answered ${status}`,
      (arrival) => ({ ...echo(arrival), status }),
    ])
    await expectUnconfirmed(context, Object.fromEntries(echoes))
  },
}
