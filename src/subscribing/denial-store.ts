import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { type Denied, examinedMax, type RowClaim } from './store.ts'

/** A no to be told now. */
export interface ClaimedDenial extends Denied {
  readonly id: number
  readonly token: string
  readonly reason: string
  /** Tries, this one included. */
  readonly attempt: number
}

/** Claims denials that are due, a few of each origin (DEN-10). */
export async function claimDenials(db: Db, claim: RowClaim): Promise<readonly ClaimedDenial[]> {
  const { now, until, token, limit, perOriginLimit, busyOrigins } = claim
  const { rows } = await sql<Omit<ClaimedDenial, 'token'>>`
    with due as materialized (
      select id, row_number() over (partition by origin order by due_at, id) as place
      from (
        select id, origin, due_at from denial
        where due_at <= ${now} and parked_at is null and origin <> all (${busyOrigins}::text[])
        order by due_at limit ${examinedMax}
      ) looked
    ), locked as materialized (
      select d.id from denial d join due using (id)
      where due.place <= ${perOriginLimit} and d.due_at <= ${now}
      order by d.due_at limit ${limit}
      for update of d skip locked
    )
    update denial d set due_at = ${until}, token = ${token}, attempt = d.attempt + 1
    from locked where d.id = locked.id
    returning d.id, d.topic, d.callback, d.origin, d.reason, d.attempt
  `.execute(db)
  return rows.map((row) => ({ ...row, token }))
}

/** What became of a claimed denial: over, or due again. */
export interface DenialSettled {
  readonly row: ClaimedDenial
  /** Null: it is over. */
  readonly againAt: Date | null
}

export async function settleDenials(db: Db, settled: readonly DenialSettled[]): Promise<void> {
  await sql`
    with told as materialized (
      select * from unnest(
        ${settled.map(({ row }) => row.id)}::bigint[], ${settled.map(({ row }) => row.token)}::uuid[],
        ${settled.map(({ againAt }) => againAt)}::timestamptz[]
      ) as s (id, token, again_at)
    ), over as (
      delete from denial d using told s where s.again_at is null and d.id = s.id and d.token = s.token
    )
    update denial d set due_at = s.again_at, token = null
    from told s where s.again_at is not null and d.id = s.id and d.token = s.token
  `.execute(db)
}
