import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { probeWaitMsFirst } from './breaker.ts'

/** Backlog of an origin falls due: the origin is looked at then, or sooner; behind an open breaker only its probe counts. */
export async function originsDue(tx: Db, due: ReadonlyMap<string, Date>): Promise<void> {
  if (due.size === 0) return
  const origins = [...due.keys()].sort()
  await sql`
    insert into origin as o (origin, due_at)
    select * from unnest(${origins}::text[], ${origins.map((origin) => due.get(origin) ?? null)}::timestamptz[])
    on conflict (origin) do update set due_at = case
      when o.open_since is null then least(o.due_at, excluded.due_at)
      else least(o.due_at, o.probe_at)
    end
  `.execute(tx)
}

/** Opens the breaker of origins, for all hubs; one that is open already stays as it is. */
export async function openBreakers(tx: Db, origins: readonly string[], { now }: { readonly now: Date }): Promise<void> {
  if (origins.length === 0) return
  const probeAt = new Date(now.getTime() + probeWaitMsFirst)
  await sql`
    insert into origin as o (origin, due_at, open_since, probe_at, probe_wait_ms)
    select origin, ${probeAt}, ${now}, ${probeAt}, ${probeWaitMsFirst} from unnest(${[...origins].sort()}::text[]) as t (origin)
    on conflict (origin) do update
    set due_at = excluded.due_at, open_since = excluded.open_since, probe_at = excluded.probe_at, probe_wait_ms = excluded.probe_wait_ms
    where o.open_since is null
  `.execute(tx)
}

/** A probe failed: the next comes after `waitMs`. */
export async function postponeProbe(
  tx: Db,
  { origin, waitMs, now }: { readonly origin: string; readonly waitMs: number; readonly now: Date },
): Promise<void> {
  const probeAt = new Date(now.getTime() + waitMs)
  await tx
    .updateTable('origin')
    .set({ probe_wait_ms: waitMs, probe_at: probeAt, due_at: probeAt })
    .where('origin', '=', origin)
    .where('open_since', 'is not', null)
    .execute()
}

/** Backlog of an origin that becomes due in one transaction. */
const recoveredMax = 500

/**
 * An origin answers again: its breaker closes, and what failed for the origin's sake is due now, never before a
 * Retry-After. Once for each time that it began to fail: what fails again beside an origin that answers fails for its own
 * sake, and keeps to its schedule.
 *
 * @returns the origins that have more of it: they want to be told of again
 */
export async function originsRecovered(
  tx: Db,
  origins: readonly string[],
  { now }: { readonly now: Date },
): Promise<readonly string[]> {
  const unfinished: string[] = []
  for (const origin of [...origins].sort()) {
    const { rows } = await sql<{ hastened: number }>`
      with hastened as (
        update backlog set due_at = ${now}, of_origin = false
        where subscription_id in (
          select subscription_id from backlog
          where origin = ${origin} and due_at > ${now} and parked_at is null and token is null and of_origin
            and coalesce(not_before, ${now}) <= ${now}
          order by due_at
          limit ${recoveredMax}
          for update skip locked
        )
        returning 1
      ), closed as (
        update origin set open_since = null, probe_at = null, probe_wait_ms = null, due_at = ${now} where origin = ${origin}
      )
      select count(*)::int as hastened from hastened
    `.execute(tx)
    if (rows[0]?.hastened === recoveredMax) unfinished.push(origin)
  }
  return unfinished
}

/** The origins whose breaker is open, for all hubs. */
export async function readOpenBreakers(db: Db): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('origin').select('origin').where('open_since', 'is not', null).execute()
  return new Set(rows.map(({ origin }) => origin))
}

/** Removes origins that have no backlog; an open breaker is forgotten after `openBefore`, when nothing is left to probe with. */
export async function pruneOrigins(
  db: Db,
  { openBefore, limit }: { readonly openBefore: Date; readonly limit: number },
): Promise<number> {
  const result = await sql`
    with locked as materialized (
      select o.origin, o.xmin as version from origin o
      where (o.due_at is null or o.open_since < ${openBefore}) and not exists (select from backlog b where b.origin = o.origin)
      limit ${limit}
      for update skip locked
    )
    -- The lock sees the newest row, the rest of this statement an older snapshot: where the row changed in between, backlog may
    -- have come that this snapshot does not show (rule 3).
    delete from origin o using locked join origin seen using (origin)
    where o.origin = locked.origin and seen.xmin = locked.version
  `.execute(db)
  return Number(result.numAffectedRows ?? 0)
}
