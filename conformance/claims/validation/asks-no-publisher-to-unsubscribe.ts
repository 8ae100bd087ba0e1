import { type Claim, expect, skip } from '../../claim.ts'
import type { Context } from '../../context.ts'
import type { Arrival } from '../../peers.ts'

/** A hub may poll its topics, and that may fall into the same seconds once, and once more. */
const trials = 3

export const claim: Claim = {
  rows: ['VAL-07', 'UNS-06'],
  level: 'MUST',
  section: '5',
  title: 'An unsubscription is not validated with the publisher',
  sends: `a subscription, then, after a quiet time, an unsubscription that is confirmed; where the topic is asked, up to ${trials} times`,
  expects: 'no request to the topic from then on. A hub that also asks in each of the quiet times is skipped',
  presupposes: ['unsubscription/is-verified', 'publishing/may-poll'],
  async run(context) {
    const seen: Requests[] = []
    while (seen.length < trials) {
      const requests = await requestsAround(context)
      if (requests.after.length === 0) return
      seen.push(requests)
    }
    if (seen.every(({ before }) => before.length > 0))
      skip('it polls the topic: one request cannot be told from another')
    const [{ after } = { after: [] }] = seen
    expect(false, { expected: 'no request to the topic', found: `some, ${trials} times over` }, ...after)
  },
}

/** What the topic was asked in the quiet time before an unsubscription, and from then on. */
interface Requests {
  readonly before: readonly Arrival[]
  readonly after: readonly Arrival[]
}

async function requestsAround(context: Context): Promise<Requests> {
  const subscription = await context.subscribed()
  const { requests } = subscription.topic
  const atFirst = requests.length
  await context.settle(context.timing.quietMs)
  const asked = requests.length
  await context.unsubscribed(subscription)
  await context.settle(context.timing.quietMs)
  return { before: requests.slice(atFirst, asked), after: requests.slice(asked) }
}
