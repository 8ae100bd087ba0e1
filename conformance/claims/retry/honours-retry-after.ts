import { type Claim, expect } from '../../claim.ts'
import { callbackApart, retry } from '../../retries.ts'

/** In what the hub takes for seconds. */
const seconds = 3

export const claim: Claim = {
  rows: ['RETRY-10'],
  level: 'hardening',
  section: 'RFC 9110 §10.2.3',
  title: 'Retry-After with a 429 or 503 is honoured, in seconds and as a date',
  sends: `deliveries answered with 429 and with 503, and Retry-After of ${seconds} seconds or a date as far away`,
  expects: 'a second POST, and none sooner',
  presupposes: ['retry/only-2xx-is-success'],
  async run(context) {
    const { timing } = context
    const afterMs = seconds * timing.secondMs
    await Promise.all(
      [429, 503].flatMap((status) =>
        ['seconds', 'date'].map(async (form) => {
          const callback = await callbackApart(context)
          const { topic } = await context.subscribed({ callback })
          callback.onDelivery((_, before) =>
            before === 0 ? { status, headers: [['Retry-After', written(form, afterMs)]] } : {},
          )
          await context.publish(topic)
          const first = await callback.delivery()
          const second = await retry(context, callback)
          const pauseMs = second.atMs - first.atMs
          // A date tells no parts of a second; and clocks differ by a little.
          const leastMs = form === 'date' ? afterMs - 1000 : afterMs * 0.95
          expect(
            pauseMs >= leastMs,
            {
              expected: `no retry within ${leastMs / 1000} s of the ${status}`,
              found: `one after ${(pauseMs / 1000).toFixed(2)} s`,
            },
            first,
            second,
          )
        }),
      ),
    )
  },
}

function written(form: string, afterMs: number): string {
  return form === 'date' ? new Date(Date.now() + afterMs).toUTCString() : String(seconds)
}
