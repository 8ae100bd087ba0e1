import { sql } from 'kysely'
import { transaction } from '../db/database.ts'
import type { Db } from '../db/schema.ts'
import { originOf, urlKey } from '../url-key.ts'
import type { NextPoll } from './poll.ts'

/** Writes what a fetch made of a topic's poll; nothing where the operator ended it meanwhile. */
export async function savePoll(tx: Db, topicId: number, next: NextPoll): Promise<void> {
  await tx
    .updateTable('poll')
    .set(
      'ended' in next
        ? { ended_why: next.ended }
        : { pace_ms: sql`least(greatest(${next.paceMs}, every_ms), slowest_ms)` },
    )
    .where('topic_id', '=', topicId)
    .execute()
}

/**
 * Has a topic polled from now on, at first at once; what it was polled by before is replaced. The topic need not be known.
 *
 * @param url a checked topic URL (`url-rules.ts`)
 */
export async function startPolling(
  db: Db,
  url: string,
  { everyMs, slowestMs, now }: { readonly everyMs: number; readonly slowestMs: number; readonly now: Date },
): Promise<void> {
  await transaction(db, async (tx) => {
    const topic = await tx
      .insertInto('topic')
      .values({ key: urlKey(url), url, origin: originOf(url), due_at: now, derived: true })
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet({
          derived: sql`topic.derived or topic.due_at is null`,
          due_at: sql`case when topic.token is null then least(topic.due_at, ${now}) else topic.due_at end`,
        }),
      )
      .returning('id')
      .executeTakeFirstOrThrow()
    const pace = { every_ms: everyMs, slowest_ms: slowestMs, pace_ms: everyMs, ended_why: null }
    await tx
      .insertInto('poll')
      .values({ topic_id: topic.id, ...pace })
      .onConflict((conflict) => conflict.column('topic_id').doUpdateSet(pace))
      .execute()
  })
}

/** Ends a topic's poll; what is due of it finds that at its next turn. False: it was not polled. */
export async function stopPolling(db: Db, url: string): Promise<boolean> {
  const result = await sql`
    delete from poll using topic where topic.id = poll.topic_id and topic.key = ${urlKey(url)}
  `.execute(db)
  return result.numAffectedRows === 1n
}
