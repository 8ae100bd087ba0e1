import { type Claim, expect } from '../../claim.ts'
import { handedOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-07'],
  level: 'extension',
  section: '6',
  title: 'Content that names its topic by Link is answered with 202: it is accepted, and delivered later',
  sends: 'content with Link: <the topic>; rel="self"',
  expects: 'status 202',
  presupposes: ['fat-publishing/is-delivered'],
  knobs: ['publisherKey'],
  async run(context) {
    const { topic } = await subscribedToKeyed(context)
    const answer = await handedOver(context, { topic, body: 'News.' })
    expect(answer.status === 202, { expected: 'status 202', found: `status ${answer.status}` }, answer)
  },
}
