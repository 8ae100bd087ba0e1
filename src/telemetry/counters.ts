import { Counter, Histogram, type Registry } from 'prom-client'

/** What is counted as it happens; what is looked up at a scrape stands in `gauges.ts`. */
export function createCounters(registry: Registry) {
  function counter<Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) {
    return new Counter<Label>({ name: `fanfare_${name}`, help, labelNames: [...labelNames], registers: [registry] })
  }

  function seconds<Label extends string>(name: string, help: string, labelNames: readonly Label[]) {
    return new Histogram<Label>({
      name: `fanfare_${name}`,
      help,
      labelNames: [...labelNames],
      buckets: secondsBuckets,
      registers: [registry],
    })
  }

  return {
    deliveries: counter('deliveries_total', 'Delivery attempts, by outcome and lane', ['outcome', 'lane']),
    deliverySeconds: seconds('delivery_seconds', 'How long an attempt took, name resolution to answer', ['lane']),
    gaveUp: counter('given_up_total', 'Notifications given up, never the subscription', ['why']),
    ended: counter('gone_total', 'Subscriptions ended by a 410'),
    verifications: counter('verifications_total', 'Verifications of intent, by result', ['mode', 'result']),
    denials: counter('denials_total', 'Denials, told or given up', ['told']),
    fetches: counter('fetches_total', 'Fetches of topics, by result', ['result']),
    subscriptionRequests: counter('subscription_requests_total', 'Requests accepted', ['mode']),
    handedOver: counter('content_handed_over_total', 'Content handed over by publishers, by result', ['result']),
    changes: counter('changes_noted_total', 'Topics said to have changed', ['known']),
    requests: counter('requests_total', 'HTTP requests answered', ['route', 'status']),
    requestSeconds: seconds('request_seconds', 'From a request to its answer', ['route']),
    breakers: counter('breakers_opened_total', 'Origins that stopped being tried for a while'),
    parked: counter('parked_total', 'Rows that could not be processed', ['table']),
    pruned: counter('pruned_rows_total', 'Rows removed because nobody needs them', ['table']),
    errors: counter('errors_total', 'What only the operator can mend, by where it was seen', ['where']),
  }
}

export type Counters = ReturnType<typeof createCounters>

/** From a kept connection beside us to the longest timeout that may be set. */
const secondsBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60]
