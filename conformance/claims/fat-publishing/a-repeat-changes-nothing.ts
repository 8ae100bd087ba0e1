import { type Claim, expect } from '../../claim.ts'
import { handedOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-10'],
  level: 'extension',
  section: '6',
  title: 'A request repeated with its Idempotency-Key delivers nothing a second time',
  sends:
    'content one with a key, content two, content one again with its key as a client does that got no answer, content three',
  expects: 'a 2xx each time, and deliveries that never go back to content one',
  presupposes: ['fat-publishing/is-delivered', 'distribution/comes-once'],
  knobs: ['publisherKey'],
  async run(context) {
    const { topic, callback } = await subscribedToKeyed(context)
    const send = async (body: string, key: string, delivered = true) => {
      await handedOver(context, { topic, body, headers: [['Idempotency-Key', key]] })
      if (!delivered) return
      const delivery = await callback.delivery()
      expect(delivery.text === body, { expected: body, found: delivery.text }, delivery)
    }
    await send('Content one.', 'key-1')
    await send('Content two.', 'key-2')
    await send('Content one.', 'key-1', false)
    await send('Content three.', 'key-3')
  },
}
