import { sql } from 'kysely'
import type { Events } from '../events.ts'
import type { World } from '../world.ts'
import { wakeOrigins, workTables } from './claims.ts'
import { transaction } from './database.ts'
import type { Db } from './schema.ts'

/** What fails on our side this often will fail for ever. */
const failuresMax = 5

/**
 * A claimed row met an error of our own. Its claim lapses and it is tried again; at the sixth try it is set aside, where the
 * claim is still ours.
 */
export async function setAside(
  { db, world, events }: { readonly db: Db; readonly world: World; readonly events: Events },
  table: Exclude<(typeof workTables)[number], 'backlog'>,
  {
    row,
    error,
  }: {
    readonly row: { readonly id: number; readonly token: string; readonly attempt: number }
    readonly error: unknown
  },
): Promise<void> {
  events.dutyFailed({ duty: table, error })
  if (row.attempt <= failuresMax) return
  const why = error instanceof Error ? error.message : String(error)
  const parked = await sql`
    update ${sql.table(table)} set token = null, parked_at = ${world.now()}, parked_why = ${why}
    where id = ${row.id} and token = ${row.token}
  `.execute(db)
  if (parked.numAffectedRows === 1n) events.parked({ table, id: row.id, error })
}

/** A row that was set aside. */
export interface ParkedRow {
  readonly table: (typeof workTables)[number]
  /** Of a backlog row its subscription's. */
  readonly id: number
  /** A topic; or whose callback it is about, and which. */
  readonly topic: string
  readonly callback: string | null
  readonly parkedAt: Date
  readonly why: string
}

/** What is set aside, the oldest first. */
export async function parkedRows(db: Db, { limit }: { readonly limit: number }): Promise<readonly ParkedRow[]> {
  const { rows } = await sql<ParkedRow>`
    select * from (
      select 'topic' as table, id, url as topic, null as callback, parked_at as "parkedAt", parked_why as why
      from topic where parked_at is not null
      union all
      select 'verification', id, topic, callback, parked_at, parked_why from verification where parked_at is not null
      union all
      select 'denial', id, topic, callback, parked_at, parked_why from denial where parked_at is not null
      union all
      select 'backlog', b.subscription_id, s.topic, s.callback, b.parked_at, b.parked_why
      from backlog b join subscription s on s.id = b.subscription_id where b.parked_at is not null
    ) parked
    order by "parkedAt", id
    limit ${limit}
  `.execute(db)
  return rows
}

/**
 * Puts back what was set aside: it is due now, with its tries counted anew.
 *
 * @returns how many rows it were
 */
export async function putBack(db: Db, { now }: { readonly now: Date }): Promise<number> {
  return transaction(db, async (tx) => {
    let count = 0n
    for (const table of workTables) {
      const { numAffectedRows = 0n } = await sql`
        update ${sql.table(table)} set parked_at = null, parked_why = null, token = null, attempt = 0, due_at = ${now}
        where parked_at is not null
      `.execute(tx)
      count += numAffectedRows
    }
    await wakeOrigins(tx, now)
    return Number(count)
  })
}
