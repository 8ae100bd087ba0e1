import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-26', 'PSH-09'],
  level: 'MUST*',
  section: '5.1',
  title: 'Further request headers of a subscriber cause no error',
  sends: 'a subscription request with From, Authorization, Accept-Language, Cookie and X-Foo',
  expects: 'a 2xx, then a verification of intent',
  presupposes: ['subscription/is-verified'],
  async run({ post, topic, callback }) {
    const subscriber = callback()
    const fields = { 'hub.mode': 'subscribe', 'hub.topic': topic().url, 'hub.callback': subscriber.url }
    const answer = await post(fields, [
      ['From', 'someone@example.com'],
      ['Authorization', 'Basic bm9ib2R5OmhlcmU='],
      ['Accept-Language', 'rm, de;q=0.5'],
      ['Cookie', 'a=b'],
      ['X-Foo', '1'],
    ])
    expectAccepted(answer, 'a request with further headers')
    await subscriber.verification()
  },
}
