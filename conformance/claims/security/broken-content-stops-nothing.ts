import { type Claim, expect } from '../../claim.ts'
import type { Context } from '../../context.ts'

const manyAttributes = Array.from({ length: 50_000 }, (_, at) => ` a${at}="${at}"`).join('')
const broken: readonly { readonly what: string; readonly type: string; readonly content: string | Buffer }[] = [
  {
    what: 'Atom that ends in the middle',
    type: 'application/atom+xml',
    content: '<feed><entry><title>&nothing; </entr',
  },
  {
    what: 'RSS in an encoding that does not exist',
    type: 'application/rss+xml',
    content: Buffer.from('<?xml version="1.0" encoding="x-nothing"?><rss><channel><item>\xff\xfe\0</rss>', 'latin1'),
  },
  { what: 'HTML with an element of 50,000 attributes', type: 'text/html', content: `<link${manyAttributes}><p>Here.` },
  { what: 'HTML of 20,000 open elements', type: 'text/html', content: `<div>`.repeat(20_000) },
]

export const claim: Claim = {
  rows: ['SEC-22', 'SEC-17'],
  level: 'hardening',
  section: '7',
  title: 'Content that cannot be read goes out as it is, and keeps nothing else waiting',
  sends: `pings for topics that serve ${broken.map(({ what }) => what).join(', ')}, none with a Link header; then one for an ordinary topic`,
  expects: 'a delivery of each, byte for byte',
  presupposes: [
    'distribution/carries-long-content',
    'distribution/names-itself-for-others',
    'fetching/keeps-the-bytes',
    'validation/may-want-its-own-link',
  ],
  async run(context) {
    await Promise.all(broken.map((each) => check(context, each)))
    const { topic, callback } = await context.subscribed()
    await context.publish(topic)
    await callback.delivery()
  },
}

async function check(
  { topic, subscribed, publish }: Context,
  { what, type, content }: (typeof broken)[number],
): Promise<void> {
  const { topic: publisher, callback } = await subscribed({ topic: topic({ type, links: [] }) })
  const served = await publish(publisher, content)
  const delivery = await callback.delivery()
  const found = `${delivery.body.length} bytes, not the same`
  const expected = `the ${served.length} bytes of ${what}`
  expect(delivery.body.equals(served), { expected, found }, delivery)
}
