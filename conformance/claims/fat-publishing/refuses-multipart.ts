import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { expectNothingCame, handOver, subscribedToKeyed } from '../../handing-over.ts'

const body = '--x\r\nContent-Type: text/plain\r\n\r\none\r\n--x\r\nContent-Type: text/plain\r\n\r\ntwo\r\n--x--\r\n'

export const claim: Claim = {
  rows: ['FAT-12'],
  level: 'extension',
  section: '6',
  title: 'Several contents in one request are refused: each has a topic of its own',
  sends: 'content with Content-Type: multipart/mixed',
  expects: 'status 415 or another 4xx, and nothing delivered',
  presupposes: ['fat-publishing/is-delivered', 'subscription/errors-are-the-clients'],
  knobs: ['publisherKey'],
  async run(context) {
    const keyed = await subscribedToKeyed(context)
    const answer = await handOver(context, { topic: keyed.topic, body, type: 'multipart/mixed; boundary=x' })
    expectRefused(answer, 'multipart content')
    await expectNothingCame(context, keyed)
  },
}
