import { sql } from 'kysely'
import type { Db } from '../../src/db/schema.ts'

/** What pg_dump does: a snapshot, and a lock on what it reads. */
export async function openSnapshot(db: Db): Promise<{ close(): Promise<void> }> {
  const started = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const dumping = db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      await sql`select count(*) from attempt`.execute(tx)
      started.resolve()
      await ended.promise
    })
  await started.promise
  return {
    async close() {
      ended.resolve()
      await dumping
    },
  }
}
