import { gzipSync } from 'node:zlib'
import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { expectNothingCame, handOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-09'],
  level: 'hardening',
  section: '7',
  title: 'Compressed content may be no larger than the hub delivers once it is unpacked',
  sends: 'content in gzip, a few kilobytes that unpack to one byte more than the hub was told to deliver',
  expects: 'a 4xx such as 413, and nothing delivered',
  presupposes: ['fat-publishing/unpacks', 'fat-publishing/limits-size'],
  knobs: ['publisherKey', 'contentBytesMax'],
  async run(context) {
    const keyed = await subscribedToKeyed(context)
    const body = gzipSync(Buffer.alloc((context.knobs.contentBytesMax ?? 0) + 1, 'x'))
    const headers = [['Content-Encoding', 'gzip']] as const
    const answer = await handOver(context, { topic: keyed.topic, body, headers })
    expectRefused(answer, 'content that unpacks to too much')
    await expectNothingCame(context, keyed)
  },
}
