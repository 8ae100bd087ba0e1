import type { Claim } from '../../claim.ts'
import { emptyRequests, expectNothingComesOf } from '../../incomplete.ts'

export const claim: Claim = {
  rows: ['SUB-08'],
  level: 'MUST',
  section: '5.1.2',
  title: 'A request whose hub.topic or hub.callback is empty gets a 4xx or 5xx, and nothing comes of it',
  sends: 'subscription requests with hub.topic and with hub.callback empty',
  expects: 'a 4xx or 5xx each time, and no request to the callback',
  presupposes: ['subscription/refuses-incomplete-requests'],
  async run(context) {
    await Promise.all(emptyRequests(context).map((request) => expectNothingComesOf(request, context)))
  },
}
