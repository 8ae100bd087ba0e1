import { sql } from 'kysely'
import type { Events } from '../events.ts'
import type { World } from '../world.ts'
import type { Db } from './schema.ts'

/** The tables whose rows can be set aside: an operator looks at them, and puts them back. */
export const parkable = ['topic', 'verification', 'denial', 'backlog'] as const

/** What fails on our side this often will fail for ever. */
const failuresMax = 5

/**
 * A claimed row met an error of our own. Its claim lapses and it is tried again; at the sixth try it is set aside, where the
 * claim is still ours.
 */
export async function setAside(
  { db, world, events }: { readonly db: Db; readonly world: World; readonly events: Events },
  table: Exclude<(typeof parkable)[number], 'backlog'>,
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
