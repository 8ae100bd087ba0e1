import type { Delivery } from '../db/schema.ts'

/**
 * How far the next delivery carries somebody who has everything through `since`: the one place that says what is owed
 * between two numbers, for broadcast and backlog alike. `latest`: each publication carries the whole topic, so the
 * newest alone is worth sending. `every`: each is a fact of its own and goes in turn.
 */
export function owed({ delivery, since, newest }: Behind): number | null {
  if (since >= newest) return null
  return delivery === 'every' ? since + 1 : newest
}

export interface Behind {
  readonly delivery: Delivery
  readonly since: number
  readonly newest: number
}
