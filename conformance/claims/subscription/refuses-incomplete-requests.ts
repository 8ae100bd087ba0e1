import type { Claim } from '../../claim.ts'
import { expectNothingComesOf, incompleteRequests } from '../../incomplete.ts'

export const claim: Claim = {
  rows: ['SUB-08'],
  level: 'MUST',
  section: '5.1.2',
  title: 'A request without hub.topic or hub.callback gets a 4xx or 5xx, and nothing comes of it',
  sends: 'subscription requests without hub.topic and without hub.callback',
  expects: 'a 4xx or 5xx each time, and no request to the callback',
  presupposes: ['subscription/is-verified'],
  async run(context) {
    await Promise.all(incompleteRequests(context).map((request) => expectNothingComesOf(request, context)))
  },
}
