import { expectUnconfirmed } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import type { Answerer } from '../../peers.ts'

const statuses = [301, 302, 303, 307, 308]

export const claim: Claim = {
  rows: ['VER-11', 'MIG-12'],
  level: 'MUST',
  section: '5.3.1',
  title: 'A redirect in answer to a verification is not followed, and confirms nothing',
  sends: `subscriptions whose callbacks redirect with ${statuses.join(', ')} to one that echoes the challenge; then a ping`,
  expects: 'no request to the redirect’s target, and no delivery',
  presupposes: ['publishing/is-delivered', 'verification/only-2xx-confirms'],
  async run(context) {
    const target = context.callback()
    const redirects = statuses.map((status): readonly [string, Answerer] => [
      `answered ${status}`,
      ({ query }) => ({ status, headers: [['Location', `${target.url}?${query}`]] }),
    ])
    await expectUnconfirmed(context, Object.fromEntries(redirects))
    const found = `${target.requests.length} requests`
    expect(
      target.requests.length === 0,
      { expected: 'no request to where a redirect leads', found },
      ...target.requests,
    )
  },
}
