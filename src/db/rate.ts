import { sql } from 'kysely'
import type { Rate } from '../units.ts'
import type { Db } from './schema.ts'

/** Whether this one may pass now; if not, when the same cost would. */
export type Allowance =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      /** Whole seconds, at least 1: a `Retry-After`. */
      readonly retryAfterSeconds: number
    }

/**
 * Counts `cost` against the key's rate, or refuses and counts nothing. All hubs of the database agree, because the count
 * is a row of Postgres, and counting is one statement. A cost beyond `rate.count` passes when nothing else was counted lately
 * (else it never could), and is paid in full by what comes after it.
 *
 * The generic cell rate algorithm (ITU-T I.371): the row holds when the next one would arrive if all came evenly, and
 * one may come earlier than that by as much as `rate.count` of them take, and by the algorithm's tolerance of delay.
 */
export async function allow(
  db: Db,
  key: string,
  rate: Rate,
  { now, cost = 1 }: { readonly now: Date; readonly cost?: number },
): Promise<Allowance> {
  const spentMs = evenlyMs(rate, cost)
  const earlyMs = rate.periodMs - evenlyMs(rate, Math.min(cost, rate.count))
  const { numAffectedRows = 0n } = await sql`
    insert into rate (key, arrival_at)
    values (${key}, ${now}::timestamptz + ${milliseconds(spentMs)})
    on conflict (key) do update
      set arrival_at = greatest(rate.arrival_at, ${now}::timestamptz) + ${milliseconds(spentMs)}
      where rate.arrival_at <= ${latest(rate, now, earlyMs)}
  `.execute(db)
  if (numAffectedRows > 0n) return { allowed: true }
  const waitMs = (await arrivalOf(db, key, now)).getTime() - earlyMs - now.getTime()
  return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) }
}

/** Asked for by itself: a statement that waited for others to count sees the row as it was before them. */
async function arrivalOf(db: Db, key: string, now: Date): Promise<Date> {
  const row = await db.selectFrom('rate').select('arrival_at').where('key', '=', key).executeTakeFirst()
  return row?.arrival_at ?? now
}

/** Whether one more would be refused; counts nothing. */
export async function isSpent(db: Db, key: string, rate: Rate, { now }: { readonly now: Date }): Promise<boolean> {
  const earlyMs = rate.periodMs - evenlyMs(rate, 1)
  const row = await db
    .selectFrom('rate')
    .select('key')
    .where('key', '=', key)
    .where('arrival_at', '>', latest(rate, now, earlyMs))
    .executeTakeFirst()
  return row !== undefined
}

/** Takes the next turn of the key's rate and says when it comes: now, or later; never refuses. */
export async function reserve(db: Db, key: string, rate: Rate, { now }: { readonly now: Date }): Promise<Date> {
  const oneMs = evenlyMs(rate, 1)
  const { arrival_at } = await db
    .insertInto('rate')
    .values({ key, arrival_at: sql`${now}::timestamptz + ${milliseconds(oneMs)}` })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({
        arrival_at: sql`greatest(rate.arrival_at, ${now}::timestamptz) + ${milliseconds(oneMs)}`,
      }),
    )
    .returning('arrival_at')
    .executeTakeFirstOrThrow()
  return new Date(Math.max(now.getTime(), arrival_at.getTime() - rate.periodMs))
}

/** Removes keys that limit nobody any more, at most `limit` of them, and says how many. */
export async function pruneRates(
  db: Db,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<number> {
  const { numDeletedRows } = await db
    .with('spent', (db) =>
      db
        .selectFrom('rate')
        .select('key')
        .where('arrival_at', '<', now)
        .orderBy('arrival_at')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .deleteFrom('rate')
    .using('spent')
    .whereRef('rate.key', '=', 'spent.key')
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}

/** How long `cost` of them take if they come evenly, to be counted to the microsecond: 400/1s is one each 2.5 ms. */
function evenlyMs(rate: Rate, cost: number): number {
  return (cost * rate.periodMs) / rate.count
}

/** The latest arrival in the row with which one more passes that may come `earlyMs` before it, the tolerated delay added. */
function latest(rate: Rate, now: Date, earlyMs: number) {
  return sql<Date>`${now}::timestamptz + ${milliseconds(earlyMs + delayToleratedMs(rate))}`
}

/**
 * Calls reach the row in another order than they read their clocks: whoever read it first and comes last of `rate.count`
 * would be refused although the count is kept. Less than one of them takes, so that never one more passes at once.
 */
function delayToleratedMs(rate: Rate): number {
  return Math.min(1000, rate.periodMs / rate.count / 2)
}

function milliseconds(ms: number) {
  return sql`${ms} * interval '1 millisecond'`
}
