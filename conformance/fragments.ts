import { expectAccepted } from './checks.ts'
import type { Context } from './context.ts'
import type { Arrival, Callback, Topic } from './peers.ts'

export interface PartSubscribed {
  /** The topic as it was asked for, with its fragment. */
  readonly part: string
  readonly callback: Callback
  readonly verification: Arrival
}

/**
 * Subscribes to the part of a page that a fragment names, and returns once the hub has been told yes.
 *
 * @param fragment percent-encoded
 */
export async function partSubscribed(context: Context, page: Topic, fragment: string): Promise<PartSubscribed> {
  const part = `${page.url}#${fragment}`
  const callback = context.callback()
  expectAccepted(await context.subscribe(part, callback), 'a topic with a fragment')
  const verification = await callback.verification()
  await context.noted(verification)
  return { part, callback, verification }
}

/** A page whose part `.price` says the price, beside news. */
export function pageOf(price: string, news: string): string {
  return `<!doctype html><title>Shop</title><p>${news}</p><div><b class="price">${price}</b></div><p>${news}</p>`
}
