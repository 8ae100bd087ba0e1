import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { originOf, pageOf, urlKey } from '../url-key.ts'

/**
 * Makes topics, and where fragment topics are among them their pages before and the ties between them after; for others it
 * costs nothing. A page's id is then lower than those of its parts: who locks topics in id order comes to the page first, as does
 * who publishes it. A page that is tied to is not pruned.
 *
 * @param tx holds no topic yet
 * @param make makes those of the topics that are missing
 */
export async function withPages<Made>(tx: Db, topics: readonly string[], make: () => Promise<Made>): Promise<Made> {
  await holdPages(tx, topics)
  const made = await make()
  await tieFragments(tx, topics)
  return made
}

/** Makes the pages that are missing, and holds all of them so that none is pruned. */
async function holdPages(tx: Db, topics: readonly string[]): Promise<void> {
  const pages = new Map(
    topics.filter(isFragment).map((topic) => [urlKey(pageOf(topic)).toString('hex'), pageOf(topic)]),
  )
  for (let held = 0; held < pages.size; ) {
    const rows = [...pages.values()].map((url) => ({ key: urlKey(url), url, origin: originOf(url) }))
    rows.sort((some, other) => some.key.compare(other.key)) // Two who add the same pages must not wait for each other.
    await tx
      .insertInto('topic')
      .values(rows)
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute()
    const found = await sql`
      select from topic where key = any (${rows.map(({ key }) => key)}::bytea[]) order by id for key share
    `.execute(tx)
    held = found.rows.length // One may have been pruned in between.
  }
}

async function tieFragments(tx: Db, topics: readonly string[]): Promise<void> {
  const fragments = topics.filter(isFragment)
  if (fragments.length === 0) return
  await sql`
    insert into fragment (topic_id, page_id, looked)
    select topic.id, page.id, page.newest
    from unnest(${fragments.map(urlKey)}::bytea[], ${fragments.map((topic) => urlKey(pageOf(topic)))}::bytea[])
      as wanted (key, page_key)
    join topic on topic.key = wanted.key join topic page on page.key = wanted.page_key
    order by topic.id
    on conflict (topic_id) do nothing
  `.execute(tx)
}

function isFragment(topic: string): boolean {
  return pageOf(topic) !== topic
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
