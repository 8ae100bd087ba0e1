import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { originOf, urlKey } from '../url-key.ts'
import { hasReaders } from './store.ts'

/** Of the topics that call themselves by a pinged URL. */
const aliasesMax = 100

/**
 * Makes topics due: those named, and those whose last answer named one of these URLs as its own (MIG-05). One statement,
 * which locks the rows in id order, as all do who lock several. A topic that is being fetched stays claimed: its settle
 * finds `pings` moved and makes it due again (PUB-11).
 *
 * @returns the named ones that are no topics here
 */
export async function noteChanges(
  db: Db,
  topics: readonly string[],
  { now }: { readonly now: Date },
): Promise<readonly string[]> {
  const keys = topics.map(urlKey)
  const { rows } = await sql<{ key: Buffer; named: boolean }>`
    with noted as materialized (
      select id, true as named from topic where key = any (${keys}::bytea[])
      union all
      (select id, false from topic where self_url = any (${topics}::text[]) and key <> all (${keys}::bytea[])
        limit ${aliasesMax})
    ), locked as materialized (
      select topic.id, noted.named from topic join noted on noted.id = topic.id
      order by topic.id
      for no key update of topic
    )
    update topic set ${fallDue(now, sql`locked.named`)}
    from locked where topic.id = locked.id
    returning topic.key, locked.named
  `.execute(db)
  const known = new Set(rows.filter(({ named }) => named).map(({ key }) => key.toString('hex')))
  return topics.filter((_, at) => !known.has(keys[at]?.toString('hex') ?? ''))
}

/** Whether there is anything published of the topic. */
export async function isPublished(db: Db, url: string): Promise<boolean> {
  const row = await db
    .selectFrom('topic')
    .select('id')
    .where('key', '=', urlKey(url))
    .where('newest', '>', 0)
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Makes the topics due that a fetched answer named besides its own, where somebody subscribes to them or reads them: what
 * those get comes from a fetch of their own (design §4).
 */
export async function noteAliases(
  db: Db,
  urls: readonly string[],
  { now, besides }: { readonly now: Date; readonly besides: number },
): Promise<number> {
  const result = await sql`
    with locked as materialized (
      select id from topic
      where key = any (${urls.map(urlKey)}::bytea[]) and id <> ${besides}
        and ${hasReaders(now)}
      order by id
      for no key update
    )
    update topic set ${fallDue(now, sql`false`)}
    from locked where topic.id = locked.id
  `.execute(db)
  return Number(result.numAffectedRows ?? 0)
}

/**
 * A place to wait for URLs that are no topics, so that a fetch can learn whether they are aliases, also after a restart
 * (PUB-13, PUB-22). The rows go with that fetch.
 */
export async function addUnknown(db: Db, topics: readonly string[], { now }: { readonly now: Date }): Promise<void> {
  const rows = topics
    .map((url) => ({ key: urlKey(url), url, origin: originOf(url), due_at: now, pings: 1 }))
    .sort((some, other) => some.key.compare(other.key)) // Two pings of the same topics must not wait for each other.
  await db
    .insertInto('topic')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({ pings: sql`topic.pings + 1`, due_at: dueNow(now), derived: false }),
    )
    .execute()
}

/** Of `topic`. Only a publisher's own notice begins anew: its tries, its second looks, and its look at aliases. */
export function fallDue(now: Date, byPublisher: RawBuilder<boolean>): RawBuilder<unknown> {
  return sql`
    pings = topic.pings + 1,
    due_at = ${dueNow(now)},
    attempt = case when ${byPublisher} and topic.token is null then 0 else topic.attempt end,
    rechecks = case when ${byPublisher} then 0 else topic.rechecks end,
    derived = case when ${byPublisher} then false when topic.due_at is null then true else topic.derived end
  `
}

/** A claim is left alone, and what waits already keeps its place. */
function dueNow(now: Date): RawBuilder<Date> {
  return sql<Date>`case when topic.token is null then least(topic.due_at, ${now}) else topic.due_at end`
}
