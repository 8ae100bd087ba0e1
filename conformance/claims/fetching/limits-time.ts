import { fetchAfterPing } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

/** The suite's server drips a byte each 20 ms. */
const dripMs = 20

export const claim: Claim = {
  rows: ['FETCH-08', 'SEC-10'],
  level: 'hardening',
  section: '6',
  title: 'A topic whose body drips without end is given up in time',
  sends: 'a ping for a topic that sends a byte now and then',
  expects: 'that the hub ends the connection when its time limit for fetches is over',
  presupposes: ['publishing/is-delivered'],
  holds: true,
  knobs: ['fetchTimeoutMs'],
  async run(context) {
    const { topic } = await context.subscribed()
    const { fetchTimeoutMs = 0 } = context.knobs
    const withinMs = fetchTimeoutMs + context.timing.verifyMs
    topic.serves({ headers: topic.headers, body: Buffer.alloc((10 * withinMs) / dripMs, 'x'), fault: 'drip' })
    const fetch = await fetchAfterPing(context, topic)
    await context.until(() => fetch.endedAtMs !== undefined, {
      expected: `the fetch to end after ${fetchTimeoutMs / 1000} s`,
      found: () => `that the hub still read after ${withinMs / 1000} s`,
      withinMs,
    })
  },
}
