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
