import { type Claim, expect } from '../../claim.ts'
import { meaningOf } from '../../content-types.ts'
import { targetsTo } from '../../link-header.ts'
import type { Arrival } from '../../peers.ts'
import { retry } from '../../retries.ts'
import { headerLines } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-03', 'DIST-05', 'DIST-06', 'DIST-11'],
  level: 'MUST',
  section: '7',
  title: 'A retry is a delivery like the first: the same callback, Content-Type and links',
  sends: 'a delivery answered with 500 the first time, to a callback with a query',
  expects: 'a second POST whose request-target, Content-Type, rel=hub and rel=self are those of the first',
  presupposes: [
    'retry/tries-again',
    'distribution/goes-to-the-callback-as-given',
    'distribution/keeps-the-content-type',
    'distribution/names-the-hub',
    'distribution/names-the-topic',
  ],
  async run(context) {
    const { topic, callback } = await context.subscribed({ callback: context.callback({ suffix: '?of=mine&b=%20' }) })
    callback.onDelivery((_, before) => (before === 0 ? { status: 500 } : {}))
    await context.publish(topic)
    const first = await callback.delivery()
    const again = await retry(context, callback)
    for (const [what, read] of Object.entries(parts)) {
      const [expected, found] = [read(first), read(again)]
      expect(found === expected, { expected: `${what} ${expected}`, found: found || 'none' }, first, again)
    }
  },
}

const parts: Readonly<Record<string, (delivery: Arrival) => string>> = {
  'the request-target': ({ target }) => target,
  'Content-Type:': ({ headers }) => headerLines(headers, 'Content-Type').map(meaningOf).join(' and '),
  'rel=hub': ({ headers }) => targetsTo('hub', headers).join(' and '),
  'rel=self': ({ headers }) => targetsTo('self', headers).join(' and '),
}
