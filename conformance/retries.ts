import { randomBytes } from 'node:crypto'
import type { Silent } from './checks.ts'
import { skip } from './claim.ts'
import type { Context } from './context.ts'
import type { Arrival, Callback } from './peers.ts'

/** A callback on an origin of its own: hubs may count failures, and limit requests, by origin. */
export async function callbackApart(context: Context): Promise<Callback> {
  return context.callback({ at: await context.elsewhere() })
}

/** The next delivery, where the one before it failed; fails the claim if none comes. */
export function retry(context: Context, callback: Callback): Promise<Arrival> {
  return callback.delivery(retryMs(context))
}

/** Skips the claim where the hub has given up a delivery that was left open, for what it did since tells nothing. */
export function skipUnlessOpen({ endedAtMs }: Arrival, until: string): void {
  if (endedAtMs !== undefined) skip(`it gave up a delivery that was not answered before ${until}`)
}

/** The longest wait for one. */
export function retryMs({ timing, knobs }: Pick<Context, 'timing' | 'knobs'>): number {
  return Math.max(timing.deliveryMs, knobs.retryWithinMs ?? 0)
}

/**
 * Publishes, and fails the claim if one of those that accept gets the delivery again. A witness of the same topic answers 500:
 * the silence counts only from when it has got its retry, and as long again as that took.
 */
export async function expectDeliveredOnce(context: Context, accepting: Accepting): Promise<void> {
  const { topic, callbacks } = accepting
  const witness = await callbackApart(context)
  witness.onDelivery((_, before) => (before === 0 ? { status: 500 } : {}))
  await context.subscribed({ topic, callback: witness })
  await context.publish(topic)
  await Promise.all(callbacks.map(({ callback }) => callback.delivery()))
  const first = await witness.delivery()
  const second = await retry(context, witness)
  const again = () => callbacks.filter(({ callback }) => callback.deliveries.length > 1)
  await context.stays(() => again().length === 0, {
    expected: `no further delivery to ${callbacks.map(({ whom }) => whom).join(', nor to ')}`,
    found: () =>
      `one to ${again()
        .map(({ whom }) => whom)
        .join(' and to ')}`,
    forMs: Math.max(context.timing.quietMs, second.atMs - first.atMs),
  })
}

interface Accepting {
  readonly topic: ReturnType<Context['topic']>
  readonly callbacks: readonly Silent[]
}

/** Content that no other has been. */
export function freshContent(): string {
  return `<!doctype html><title>A topic</title><p>${randomBytes(9).toString('hex')}`
}
