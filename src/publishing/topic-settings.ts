import type { Db, FeedDelivery } from '../db/schema.ts'
import { originOf, urlKey } from '../url-key.ts'

/**
 * How a topic's feed is delivered to those who do not choose, from its next publication on. The topic need not be known.
 *
 * @param url a checked topic URL (`url-rules.ts`)
 * @param delivery null: as FEED_DELIVERY says
 */
export async function setFeedDelivery(db: Db, url: string, delivery: FeedDelivery | null): Promise<void> {
  await db
    .insertInto('topic')
    .values({ key: urlKey(url), url, origin: originOf(url), feed_delivery: delivery })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ feed_delivery: delivery }))
    .execute()
}
