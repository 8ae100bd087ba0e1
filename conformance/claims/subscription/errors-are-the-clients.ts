import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { incompleteRequests } from '../../incomplete.ts'

export const claim: Claim = {
  rows: ['SUB-08'],
  level: 'hardening',
  section: '5.1.2',
  title: 'A request without hub.topic or hub.callback gets a 4xx: the mistake is not the hub’s',
  sends: 'subscription requests without hub.topic and without hub.callback',
  expects: 'a 4xx each time',
  presupposes: ['subscription/refuses-incomplete-requests'],
  async run(context) {
    await Promise.all(
      incompleteRequests(context).map(async ({ fields, what }) =>
        expectRefused(await context.post(fields), `a request ${what}`),
      ),
    )
  },
}
