import { sql } from 'kysely'
import type { Db, Delivery } from '../db/schema.ts'
import { owed } from '../distribution/owed.ts'
import { leaseHolds } from '../subscribing/subscription-store.ts'
import { fallDue } from './notice-store.ts'
import { hasReaders } from './store.ts'

/** Which publication of a page a fragment of it is to look at next. */
export interface PageSeen {
  readonly number: number
  readonly delivery: Delivery
  /** The page's newest number, which may be later. */
  readonly newest: number
}

/**
 * The publication of a page that is next for a fragment that was looked for through `looked`: where each is a fact of its own
 * the next that is kept, else the newest; the newest again where there is no other.
 *
 * @returns null where there is none yet
 */
export async function nextOfPage(
  db: Db,
  { pageId, looked }: { readonly pageId: number; readonly looked: number },
): Promise<PageSeen | null> {
  const page = await db
    .selectFrom('topic')
    .select(['delivery', 'every_from as everyFrom', 'newest'])
    .where('id', '=', pageId)
    .executeTakeFirst()
  if (page === undefined) return null
  const next = await db
    .selectFrom('publication')
    .select('number')
    .where('topic_id', '=', pageId)
    .where('number', '>=', owed(page, looked) ?? page.newest)
    .orderBy('number')
    .limit(1)
    .executeTakeFirst()
  return next === undefined ? null : { number: next.number, delivery: page.delivery, newest: page.newest }
}

/**
 * Makes the fragments of a page due that somebody reads: those that were not looked for in its newest publication, and those
 * with somebody new, who is owed what is there. The caller's transaction holds the page, whose id is lower than theirs
 * (`fragments/store.ts`): who holds one of theirs waits for no page.
 *
 * @returns how many
 */
export async function noteFragments(tx: Db, pageId: number, { now }: { readonly now: Date }): Promise<number> {
  const result = await sql`
    with locked as materialized (
      select topic.id from fragment join topic on topic.id = fragment.topic_id
      where page_id = ${pageId} and ${hasReaders(now)} and (
        looked <> (select newest from topic where id = ${pageId})
        or exists (
          select from subscription s
          where s.topic_id = topic.id and s.joined >= topic.newest and ${leaseHolds(now)}
        )
      )
      order by topic.id
      for no key update of topic
    )
    update topic set ${fallDue(now, sql`false`)}
    from locked where topic.id = locked.id
  `.execute(tx)
  return Number(result.numAffectedRows ?? 0)
}

/**
 * Has a fragment delivered as its page is: where each publication of that is a fact of its own, each change of the part is one,
 * from the next on; and `latest` again once nobody is owed an earlier one. The caller holds the fragment's topic since an
 * earlier statement.
 */
export async function deliverAs(tx: Db, topicId: number, delivery: Delivery): Promise<void> {
  await sql`
    update topic set delivery = ${delivery}, every_from = case when ${delivery} = 'every' then newest + 1 else every_from end
    where id = ${topicId} and delivery <> ${delivery} and (
      ${delivery} = 'every'
      or not exists (select from broadcast where topic_id = ${topicId})
        and not exists (select from backlog where topic_id = ${topicId})
    )
  `.execute(tx)
}
