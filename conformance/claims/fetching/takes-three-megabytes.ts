import { type Claim, expect } from '../../claim.ts'

const bytes = 3 * 1024 ** 2

export const claim: Claim = {
  rows: ['FETCH-08', 'SEC-11'],
  level: 'hardening',
  section: '7',
  title: 'A topic of 3 MiB is delivered whole: feeds are as large as that',
  sends: `a ping for a topic of ${bytes} bytes`,
  expects: 'a delivery of as many',
  presupposes: ['distribution/carries-long-content'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    const content = await publish(topic, Buffer.alloc(bytes, 'A large page. '))
    const delivery = await callback.delivery()
    const found = `${delivery.body.length} bytes${delivery.body.length === bytes ? ' that differ' : ''}`
    expect(delivery.body.equals(content), { expected: `a delivery of ${bytes} bytes, the same`, found }, delivery)
  },
}
