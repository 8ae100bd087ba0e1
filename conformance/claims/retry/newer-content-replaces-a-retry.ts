import type { Claim } from '../../claim.ts'
import { expect } from '../../claim.ts'
import { freshContent, retry, skipUnlessOpen } from '../../retries.ts'

export const claim: Claim = {
  rows: ['RETRY-11'],
  level: 'hardening',
  section: '7',
  title: 'Newer content takes the place of a retry: what is outdated is not tried again',
  sends:
    'an update whose delivery is left open until another subscriber has got the next update, then answered with 500',
  expects: 'a POST with the next update, and the first one never again',
  presupposes: ['retry/each-update-is-tried', 'distribution/delivers-one-at-a-time'],
  holds: true,
  async run(context) {
    const topic = context.topic()
    const [{ callback }, witness] = [await context.subscribed({ topic }), await context.subscribed({ topic })]
    const [old, fresh] = [freshContent(), freshContent()]
    const released = Promise.withResolvers<void>()
    callback.onDelivery(({ text }) => (text === old ? { status: 500, until: released.promise } : {}))
    await context.publish(topic, old)
    const [first] = await Promise.all([callback.delivery(), witness.callback.delivery()])
    await context.publish(topic, fresh)
    await witness.callback.delivery()
    skipUnlessOpen(first, 'it had delivered the next update to another')
    released.resolve()
    const next = await retry(context, callback)
    expect(next.text === fresh, { expected: 'the next update', found: 'the one that it made outdated' }, next)
    await context.stays(() => callback.deliveries.length === 2, {
      expected: 'nothing more',
      found: () => `${callback.deliveries.length - 2} more`,
      forMs: Math.max(context.timing.quietMs, next.atMs - (first.endedAtMs ?? 0)),
    })
  },
}
