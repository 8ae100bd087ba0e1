import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { type Claim, expect } from '../../claim.ts'
import { handOver, subscribedToKeyed } from '../../handing-over.ts'
import { headerValue } from '../../wire.ts'

const packers = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }

export const claim: Claim = {
  rows: ['FAT-09'],
  level: 'hardening',
  section: '7',
  title: 'Compressed content is delivered plain, or refused with 415: no subscriber asked for it',
  sends: `content with Content-Encoding: ${Object.keys(packers).join(', ')}`,
  expects: 'a delivery of the plain bytes without Content-Encoding, or status 415',
  presupposes: ['fat-publishing/is-delivered'],
  knobs: ['publisherKey'],
  async run(context) {
    await Promise.all(
      Object.entries(packers).map(async ([coding, pack]) => {
        const { topic, callback } = await subscribedToKeyed(context)
        const body = `News, packed by ${coding}.`
        const headers = [['Content-Encoding', coding]] as const
        const answer = await handOver(context, { topic, body: pack(body), headers })
        if (answer.status === 415) return
        const delivery = await callback.delivery()
        const found = headerValue(delivery.headers, 'Content-Encoding') ?? delivery.text
        expect(delivery.text === body && found === body, { expected: body, found }, delivery)
      }),
    )
  },
}
