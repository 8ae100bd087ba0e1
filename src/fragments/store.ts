import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { originOf, pageOf, urlKey } from '../url-key.ts'

/**
 * Ties the fragment topics among these to their pages, which are made where they are missing; other topics are left alone, at
 * no cost. A page that is tied to is not pruned. The caller's transaction has made the topics and holds no other topic's lock:
 * this waits for those who hold a page.
 */
export async function tieFragments(tx: Db, topics: readonly string[]): Promise<void> {
  const fragments = topics.filter((topic) => pageOf(topic) !== topic)
  if (fragments.length === 0) return
  const keys = fragments.map(urlKey)
  do {
    await addPages(tx, [...new Set(fragments.map(pageOf))])
    await sql`
      insert into fragment (topic_id, page_id, looked)
      select topic.id, page.id, page.newest
      from unnest(${keys}::bytea[], ${fragments.map((topic) => urlKey(pageOf(topic)))}::bytea[]) as wanted (key, page_key)
      join topic on topic.key = wanted.key join topic page on page.key = wanted.page_key
      order by page.id
      on conflict (topic_id) do nothing
    `.execute(tx)
    // A page may have been pruned in between.
  } while (await anyUntied(tx, keys))
}

async function addPages(tx: Db, pages: readonly string[]): Promise<void> {
  const rows = pages
    .map((url) => ({ key: urlKey(url), url, origin: originOf(url) }))
    .sort((some, other) => some.key.compare(other.key)) // Two who add the same pages must not wait for each other.
  await tx
    .insertInto('topic')
    .values(rows)
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute()
}

async function anyUntied(tx: Db, keys: readonly Buffer[]): Promise<boolean> {
  const row = await tx
    .selectFrom('topic')
    .leftJoin('fragment', 'fragment.topic_id', 'topic.id')
    .select('topic.id')
    .where('topic.key', 'in', keys)
    .where('fragment.topic_id', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** Notes through which number of its page a fragment was looked for. */
export async function setLooked(tx: Db, topicId: number, looked: number): Promise<void> {
  await tx.updateTable('fragment').set({ looked }).where('topic_id', '=', topicId).execute()
}

/** Of a page, how many fragments are topics; and whether this one is. */
export async function fragmentsOf(
  db: Db,
  topic: string,
): Promise<{ readonly count: number; readonly isKnown: boolean }> {
  const { rows } = await sql<{ count: number; isKnown: boolean }>`
    select count(*)::int as count, coalesce(bool_or(topic.key = ${urlKey(topic)}), false) as "isKnown"
    from fragment join topic on topic.id = fragment.topic_id
    where page_id = (select id from topic where key = ${urlKey(pageOf(topic))})
  `.execute(db)
  return rows[0] ?? { count: 0, isKnown: false }
}
