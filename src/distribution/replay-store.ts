import { sql } from 'kysely'
import { transaction } from '../db/database.ts'
import type { Db } from '../db/schema.ts'
import { lockTopics } from './broadcast-store.ts'
import { originsDue } from './origin-store.ts'

/** A subscription that is to get past entries again. */
export interface ReplayRequest {
  readonly subscriptionId: number
  readonly topicId: number
  readonly origin: string
  readonly count: number
}

/**
 * Sets a subscription back, so that the backlog carries it forward again, in its order with all else that it is owed. Where
 * the newest publication is enough, it is set back by that one, which is then sent as the entries asked for; where each is a
 * fact of its own, by as many as are asked for and still kept.
 *
 * The topic is held `for share`, so that nothing is published meanwhile (rule 1). Whoever may be being sent to at this moment is
 * left alone: set back now, it would be sent to twice at once, or what failed would be taken for delivered.
 *
 * @returns `busy`: to be asked again shortly; `empty`: nothing was published yet
 */
export async function beginReplay(
  db: Db,
  { subscriptionId, topicId, origin, count }: ReplayRequest,
  { now }: { readonly now: Date },
): Promise<'begun' | 'busy' | 'empty'> {
  return transaction(db, async (tx) => {
    const topic = (await lockTopics(tx, [topicId])).get(topicId)
    if (topic === undefined || topic.newest === 0) return 'empty'
    const { newest, delivery } = topic
    const since = delivery === 'latest' ? newest - 1 : await keptBefore(tx, { topicId, from: newest - count })
    const { rows } = await sql<{ id: number }>`
      insert into backlog as b (subscription_id, topic_id, origin, since, number, due_at, replay_count, replay_number, replay_at)
      select id, topic_id, ${origin}, ${since}, ${newest}, ${now}, ${delivery === 'latest' ? count : null}, ${newest}, ${now}
      from subscription
      where id = ${subscriptionId} and not exists (select from broadcast where topic_id = ${topicId})
      on conflict (subscription_id) do update set
        -- It is behind, so the whole of what it is owed goes out, which the entries asked for are part of.
        since = least(b.since, excluded.since), replay_count = null, replay_number = excluded.replay_number,
        replay_at = excluded.replay_at, due_at = least(b.due_at, greatest(excluded.due_at, b.not_before))
        where b.token is null
      returning subscription_id as id
    `.execute(tx)
    if (rows.length === 0) return 'busy'
    await originsDue(tx, new Map([[origin, now]]))
    return 'begun'
  })
}

/** Where to begin so that nothing is owed that is no longer kept. */
async function keptBefore(
  tx: Db,
  { topicId, from }: { readonly topicId: number; readonly from: number },
): Promise<number> {
  const { number } = await tx
    .selectFrom('publication')
    .select((column) => column.fn.min('number').as('number'))
    .where('topic_id', '=', topicId)
    .where('number', '>', from)
    .executeTakeFirstOrThrow()
  return Number(number) - 1
}
