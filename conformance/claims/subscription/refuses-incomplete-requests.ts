import { type Claim, expect } from '../../claim.ts'
import { incompleteRequests } from '../../incomplete.ts'

export const claim: Claim = {
  rows: ['SUB-08'],
  level: 'MUST',
  section: '5.1.2',
  title: 'A request that lacks a required parameter gets a 4xx or 5xx, and nothing comes of it',
  sends: 'subscription requests without hub.mode, hub.topic or hub.callback, and with each of them empty',
  expects: 'a 4xx or 5xx each time, and no request to the callback',
  presupposes: ['subscription/is-verified'],
  async run(context) {
    await Promise.all(
      incompleteRequests(context).map(async ({ fields, callback, what }) => {
        const answer = await context.post(fields)
        const { status } = answer
        expect(status >= 400, { expected: `a 4xx or 5xx ${what}`, found: `status ${status}` }, answer)
        await context.stays(() => callback.requests.length === 0, {
          expected: `no request to the callback ${what}`,
          found: () => 'one',
        })
      }),
    )
  },
}
