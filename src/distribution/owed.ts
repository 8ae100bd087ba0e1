import type { Delivery } from '../db/schema.ts'

/** A topic's publications, as far as it matters what is owed of them. */
export interface Numbers {
  readonly delivery: Delivery
  /** Where `delivery` is `every`: the first number of which each is a fact of its own. */
  readonly everyFrom: number
  readonly newest: number
}

/**
 * How far the next delivery carries somebody who has everything through `since`: the one place that says what is owed
 * between two numbers, for broadcast and backlog alike. `latest`: each publication carries the whole topic, so the
 * newest alone is worth sending. `every`: each is a fact of its own and goes in turn; of those from the time before, the
 * last is owed, since it superseded the others.
 */
export function owed({ delivery, everyFrom, newest }: Numbers, since: number): number | null {
  if (since >= newest) return null
  return delivery === 'latest' ? newest : Math.max(since + 1, everyFrom - 1)
}

/** Whether a newer publication says all that this one does. */
export function isSuperseded({ delivery, everyFrom, newest }: Numbers, number: number): boolean {
  return number < (delivery === 'latest' ? newest : everyFrom - 1)
}
