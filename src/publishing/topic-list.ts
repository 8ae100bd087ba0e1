import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'

/** A topic as its operator sees it. */
export interface ListedTopic {
  readonly url: string
  /** Its newest publication's number; 0: none yet. */
  readonly newest: number
  readonly publishedAt: Date | null
  /** Those whose lease runs. */
  readonly subscriptions: number
  readonly poll: { readonly paceMs: number; readonly endedWhy: string | null } | null
  /** What its last fetch came to; of a part of a page that was not looked for yet, that of the page. */
  readonly result: string | null
}

/** The topics whose URL holds a text, those that changed last first; URLs that a ping once named and nobody needs are none. */
export async function listTopics(
  db: Db,
  { text, limit, now }: { readonly text: string; readonly limit: number; readonly now: Date },
): Promise<readonly ListedTopic[]> {
  const { rows } = await sql<Row>`
    select topic.url, topic.newest, coalesce(topic.result, page.result) as result, poll.pace_ms, poll.ended_why, published_at,
      (select count(*) from subscription where topic_id = topic.id and lease_ends_at > ${now}) as subscriptions
    from topic
    left join poll on poll.topic_id = topic.id
    left join fragment on fragment.topic_id = topic.id
    left join topic page on page.id = fragment.page_id
    left join publication on publication.topic_id = topic.id and publication.number = topic.newest
    where strpos(topic.url, ${text}) > 0
    order by published_at desc nulls last, topic.id
    limit ${limit}
  `.execute(db)
  return rows.map(({ url, newest, published_at, subscriptions, pace_ms, ended_why, result }) => ({
    ...{ url, newest, publishedAt: published_at, subscriptions, result },
    poll: pace_ms === null ? null : { paceMs: pace_ms, endedWhy: ended_why },
  }))
}

interface Row {
  readonly url: string
  readonly newest: number
  readonly published_at: Date | null
  readonly subscriptions: number
  readonly pace_ms: number | null
  readonly ended_why: string | null
  readonly result: string | null
}
