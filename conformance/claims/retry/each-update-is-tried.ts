import type { Claim } from '../../claim.ts'
import type { Context } from '../../context.ts'
import type { Arrival } from '../../peers.ts'
import { freshContent, retryMs } from '../../retries.ts'

const ordinals = ['first', 'second', 'third', 'fourth']

export const claim: Claim = {
  rows: ['RETRY-06'],
  level: 'MUST',
  section: '7',
  title: 'Every new update is tried, also with a subscriber that has failed before',
  sends: 'four updates, each published when the one before it has been answered with 500; a retry is accepted',
  expects: 'an attempt to deliver each of them, no later than a retry would come (--retry-within)',
  presupposes: ['retry/only-410-ends-a-subscription'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const refused = new Set<string>()
    // Only once: what becomes of a subscription when a notification was given up is another claim's question.
    callback.onDelivery(({ text }) => {
      const status = refused.has(text) ? 200 : 500
      refused.add(text)
      return { status }
    })
    for (const ordinal of ordinals) {
      const content = freshContent()
      await context.publish(topic, content)
      await attempted(context, () => callback.deliveries.find(({ text }) => text === content), ordinal)
    }
  },
}

/** Returns once that update was tried, and the hub knows that it failed. */
async function attempted(context: Context, find: () => Arrival | undefined, ordinal: string): Promise<void> {
  await context.until(() => find() !== undefined, {
    expected: `an attempt to deliver the ${ordinal} update`,
    withinMs: retryMs(context),
  })
  const attempt = find()
  if (attempt !== undefined) await context.noted(attempt)
}
