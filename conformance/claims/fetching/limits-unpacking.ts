import { gzipSync } from 'node:zlib'
import { fetchAfterPing } from '../../checks.ts'
import { type Claim, skip } from '../../claim.ts'
import { acceptsGzip } from '../../encoding.ts'

export const claim: Claim = {
  rows: ['FETCH-08', 'SEC-11'],
  level: 'hardening',
  section: '6',
  title: 'A compressed topic that unpacks to more than the hub takes is not delivered',
  sends: 'a ping for a topic that answers, where the fetch allows gzip, with a small body that unpacks to a large one',
  expects: 'no delivery of it, while another topic is delivered',
  presupposes: ['fetching/limits-size', 'fetching/unpacks'],
  knobs: ['contentBytesMax'],
  async run(context) {
    const [bomb, witness] = await Promise.all([context.subscribed(), context.subscribed()])
    const body = gzipSync(Buffer.alloc((context.knobs.contentBytesMax ?? 0) + 1))
    const headers = [...bomb.topic.headers, ['Content-Encoding', 'gzip'] as const]
    bomb.topic.serves((fetch) => (acceptsGzip(fetch) ? { headers, body } : { status: 406 }))
    if (!acceptsGzip(await fetchAfterPing(context, bomb.topic))) skip('its fetches allow no gzip')
    await context.publish(witness.topic)
    await witness.callback.delivery()
    await context.stays(() => bomb.callback.deliveries.length === 0, {
      expected: 'no delivery of what unpacks to too much',
      found: () => `one of ${bomb.callback.deliveries[0]?.body.length} bytes`,
    })
  },
}
