import { sql } from 'kysely'
import { transaction } from '../db/database.ts'
import type { Db, Format } from '../db/schema.ts'
import { lockTopics } from '../subscribing/settle-store.ts'
import { urlKey } from '../url-key.ts'

/** A topic that an owner reads without a callback. */
export interface Pull {
  readonly owner: string
  /** As given. */
  readonly topic: string
  readonly sealedSecret: Buffer | null
  readonly format: Format | null
}

/** From now on the topic is fetched and kept as if it were subscribed to; what was said of it before is replaced. */
export async function beginPull(db: Db, { owner, topic, sealedSecret: secret, format }: Pull): Promise<void> {
  const topicKey = urlKey(topic)
  await transaction(db, async (tx) => {
    await lockTopics(tx, [{ topicKey, topic }])
    const { id } = await tx.selectFrom('topic').select('id').where('key', '=', topicKey).executeTakeFirstOrThrow()
    const told = { topic, secret, format }
    await tx
      .insertInto('pull')
      .values({ owner, topic_id: id, ...told })
      .onConflict((conflict) => conflict.columns(['owner', 'topic_id']).doUpdateSet(told))
      .execute()
  })
}

/** @returns false where there is none */
export async function endPull(
  db: Db,
  { owner, topic }: { readonly owner: string; readonly topic: string },
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('pull')
    .using('topic')
    .whereRef('topic.id', '=', 'pull.topic_id')
    .where('topic.key', '=', urlKey(topic))
    .where('pull.owner', '=', owner)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows) > 0
}

export async function isPulled(
  db: Db,
  { owner, topic }: { readonly owner: string; readonly topic: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('pull')
    .innerJoin('topic', 'topic.id', 'pull.topic_id')
    .select('pull.id')
    .where('topic.key', '=', urlKey(topic))
    .where('pull.owner', '=', owner)
    .executeTakeFirst()
  return row !== undefined
}

/** Whoever replaces a key may be without one for so long. */
const keylessMsMax = 24 * 3_600_000

/**
 * Removes what belongs to logins that have had no key for a day: nobody can retrieve it, and its topics would be kept for ever.
 *
 * @returns how many went; fewer than `limit` means none is left to go
 */
export async function prunePulls(
  db: Db,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<number> {
  const since = new Date(now.getTime() - keylessMsMax)
  const result = await sql`
    delete from pull where id in (
      select id from pull where not exists (
        select from subscriber_key where login = pull.owner and (revoked_at is null or revoked_at > ${since})
      )
      limit ${limit} for update skip locked
    )
  `.execute(db)
  return Number(result.numAffectedRows ?? 0)
}
