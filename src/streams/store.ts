import { type RawBuilder, sql } from 'kysely'
import type { Db, Delivery } from '../db/schema.ts'
import type { Numbers } from '../distribution/owed.ts'

/**
 * Has topics go on counting as read, in one statement for all of them. A row that is locked at this moment, by a publish for
 * instance, is passed by: the next renewal comes long before its time is over.
 */
export async function goOnReading(
  db: Db,
  topicIds: readonly number[],
  { until, whereBefore }: { readonly until: Date; readonly whereBefore: Date },
): Promise<void> {
  await sql`
    with due as materialized (
      select id from topic where id = any (${topicIds}::bigint[]) and (read_until is null or read_until < ${whereBefore})
      order by id
      for no key update skip locked
    )
    update topic set read_until = ${until} from due where topic.id = due.id
  `.execute(db)
}

/** What a reader must know of its topic; it changes while it reads. */
export interface TopicState extends Numbers {
  readonly id: number
  /** The newest number this process knows of. */
  readonly newest: number
  /** Nothing was ever published, and the last fetch brought nothing either. */
  readonly unfetched: boolean
}

/** How a topic that is read has changed since it was last looked at. */
export interface TopicNews {
  readonly id: number
  /** Null: the topic is gone. */
  readonly newest: number | null
  readonly delivery: Delivery
  readonly everyFrom: number
  /** Nothing was ever published, and the last fetch brought nothing: none is under way or due. */
  readonly unfetched: boolean
}

/**
 * Of the topics that are read those with a newer number than the one known here, or none, and those without any whose fetch
 * came to nothing: one statement for all of them.
 */
export async function readNews(
  db: Db,
  topics: readonly Pick<TopicState, 'id' | 'newest' | 'unfetched'>[],
  { now }: { readonly now: Date },
): Promise<readonly TopicNews[]> {
  const { rows } = await sql<TopicNews>`
    select known.id, topic.newest, coalesce(topic.delivery, 'latest') as delivery,
      coalesce(topic.every_from, 1) as "everyFrom", ${isUnfetched(now)} as unfetched
    from unnest(
      ${topics.map(({ id }) => id)}::bigint[], ${topics.map(({ newest }) => newest)}::bigint[],
      ${topics.map(({ unfetched }) => unfetched)}::boolean[]
    ) as known (id, newest, unfetched)
    left join topic on topic.id = known.id
    where topic.id is null or topic.newest > known.newest or ${isUnfetched(now)} <> known.unfetched
  `.execute(db)
  return rows
}

/** A part of a page is fetched with the page, and looked for only once that has content. */
function isUnfetched(now: Date): RawBuilder<boolean> {
  return sql<boolean>`(coalesce(topic.newest = 0, false) and exists (
    select from topic tried
    where tried.id = any (array[topic.id, (select page_id from fragment where topic_id = topic.id)])
      and tried.newest = 0 and tried.fetched_at is not null and tried.token is null and coalesce(tried.due_at > ${now}, true)
  ))`
}

/** Where a reader stands, and how far `owed` would carry it. */
export interface Step {
  readonly topicId: number
  readonly through: number
  readonly target: number
}

export interface NextPublication {
  /** The lowest number that is kept, from the target on: beyond it, what was owed is no longer kept. */
  readonly number: number
  /** False: all that came since `through` repeats what the reader has, for subscribers who joined since. */
  readonly fresh: boolean
}

/** Null: nothing is kept from the target on. */
export async function nextPublication(db: Db, { topicId, through, target }: Step): Promise<NextPublication | null> {
  const { rows } = await sql<NextPublication>`
    select p.number, (
      not p.repeats
      or not exists (select from publication where topic_id = p.topic_id and number = ${through}::bigint + 1)
      or exists (
        select from publication
        where topic_id = p.topic_id and number > ${through} and number < p.number and not repeats
      )
    ) as fresh
    from publication p
    where p.topic_id = ${topicId} and p.number >= ${target}
    order by p.number
    limit 1
  `.execute(db)
  return rows[0] ?? null
}
