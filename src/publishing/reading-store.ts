import { sql } from 'kysely'
import { transaction } from '../db/database.ts'
import type { Db } from '../db/schema.ts'
import type { Numbers } from '../distribution/owed.ts'
import { withPages } from '../fragments/store.ts'
import { originOf, pageOf, urlKey } from '../url-key.ts'

/** A topic as somebody who begins to read it finds it. */
export interface FoundTopic extends Numbers {
  readonly id: number
  /** Null: nobody ever read it as a stream. */
  readonly readUntil: Date | null
}

export async function findTopic(db: Db, url: string): Promise<FoundTopic | null> {
  const row = await db
    .selectFrom('topic')
    .select(['id', 'delivery', 'every_from as everyFrom', 'newest', 'read_until as readUntil'])
    .where('key', '=', urlKey(url))
    .executeTakeFirst()
  return row ?? null
}

/** Makes the topic where there is none, and has it count as read. It is not fetched: reading asks nothing of its publisher. */
export async function beginReading(db: Db, url: string, read: { readonly until: Date }): Promise<FoundTopic> {
  if (pageOf(url) === url) return readFrom(db, url, read)
  return transaction(db, (tx) => withPages(tx, [url], () => readFrom(tx, url, read)))
}

function readFrom(db: Db, url: string, { until }: { readonly until: Date }): Promise<FoundTopic> {
  return db
    .insertInto('topic')
    .values({ key: urlKey(url), url, origin: originOf(url), read_until: until })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({ read_until: sql`greatest(topic.read_until, excluded.read_until)` }),
    )
    .returning(['id', 'delivery', 'every_from as everyFrom', 'newest', 'read_until as readUntil'])
    .executeTakeFirstOrThrow()
}
