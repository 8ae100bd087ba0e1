import { type Claim, expect } from '../../claim.ts'

const content = `<!doctype html><title>Long</title>${'<p>The same again and again.\n'.repeat(11_000)}`

export const claim: Claim = {
  rows: ['DIST-02'],
  level: 'MUST',
  section: '7',
  title: 'Long content is delivered whole, too',
  sends: 'a ping for a topic that serves 300 KiB of HTML',
  expects: 'a body with exactly the bytes that the topic served',
  presupposes: ['fetching/keeps-the-bytes'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    const served = await publish(topic, content)
    const delivery = await callback.delivery()
    const found = `${delivery.body.length} bytes, not the same`
    expect(delivery.body.equals(served), { expected: `the ${served.length} bytes that were served`, found }, delivery)
  },
}
