import type { Claim } from '../../claim.ts'
import { expectNothingComesOf, modelessRequests } from '../../incomplete.ts'

export const claim: Claim = {
  rows: ['SUB-08'],
  level: 'MUST',
  section: '5.1.2',
  title: 'A request without hub.mode, or with an empty one, gets a 4xx or 5xx, and nothing comes of it',
  sends: 'subscription requests without hub.mode, and with nothing in it',
  expects: 'a 4xx or 5xx each time, and no request to the callback',
  presupposes: ['subscription/refuses-incomplete-requests'],
  async run(context) {
    await Promise.all(modelessRequests(context).map((request) => expectNothingComesOf(request, context)))
  },
}
