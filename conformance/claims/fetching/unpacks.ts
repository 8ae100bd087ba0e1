import { gzipSync } from 'node:zlib'
import { type Claim, expect } from '../../claim.ts'
import { acceptsGzip } from '../../encoding.ts'
import { headerValue } from '../../wire.ts'

const content = Buffer.from('<!doctype html><title>A topic</title><p>As every client sees it.')

export const claim: Claim = {
  rows: ['FETCH-09'],
  level: 'MUST*',
  section: '7',
  title: 'A topic that was fetched compressed is delivered plain',
  sends: 'a ping for a topic that is compressed where the fetch allows gzip',
  expects: 'a delivery of the plain bytes, without Content-Encoding',
  presupposes: ['fetching/keeps-the-bytes'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    const { headers } = topic
    topic.serves((fetch) =>
      acceptsGzip(fetch)
        ? { headers: [...headers, ['Content-Encoding', 'gzip']], body: gzipSync(content) }
        : { headers, body: content },
    )
    await publish(topic)
    const delivery = await callback.delivery()
    const coding = headerValue(delivery.headers, 'Content-Encoding')
    const found = coding === undefined ? `${delivery.body.length} bytes that differ` : `Content-Encoding: ${coding}`
    const plain = coding === undefined && delivery.body.equals(content)
    expect(plain, { expected: 'the plain bytes, without Content-Encoding', found }, delivery)
  },
}
