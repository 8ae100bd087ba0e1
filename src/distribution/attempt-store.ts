import { sql } from 'kysely'
import type { AttemptTable, Db } from '../db/schema.ts'

/**
 * Writes tries into the log of their day. The log never fails a delivery: where the day's partition is missing, it is made
 * once and the write tried again.
 */
export async function recordAttempts(db: Db, attempts: readonly AttemptTable[]): Promise<void> {
  if (attempts.length === 0) return
  try {
    await insertAttempts(db, attempts)
  } catch (error) {
    if (!isMissingPartition(error)) throw error
    for (const day of new Set(attempts.map(({ at }) => dayOf(at)))) await makeAttemptDay(db, day)
    await insertAttempts(db, attempts)
  }
}

/** How many days ahead there is a partition: time enough for a lock that a long dump holds to go away (rule 6). */
const daysAhead = 3

/** Makes the partitions of today and the days ahead that are missing. */
export async function makeAttemptDays(db: Db, { now }: { readonly now: Date }): Promise<void> {
  const there = new Set((await attemptDays(db)).map(({ day }) => day))
  for (let ahead = 0; ahead <= daysAhead; ahead++) {
    const day = dayOf(new Date(now.getTime() + ahead * dayMs))
    if (!there.has(day)) await makeAttemptDay(db, day)
  }
}

/**
 * Drops the partitions of days that ended before `before`.
 *
 * @returns how many went
 */
export async function dropAttemptDays(db: Db, { before }: { readonly before: Date }): Promise<number> {
  let dropped = 0
  for (const { day, detaching } of await attemptDays(db)) {
    if (new Date(`${day}T00:00:00Z`).getTime() + dayMs > before.getTime()) continue
    await withLockTimeout(db, async (connection) => {
      // Concurrently, since an ordinary detach behind an open snapshot would hold up every insert. One that a time-out
      // interrupted is finalised.
      const how = detaching ? sql`finalize` : sql`concurrently`
      await sql`alter table attempt detach partition ${sql.table(partition(day))} ${how}`.execute(connection)
      await sql`drop table ${sql.table(partition(day))}`.execute(connection)
    })
    dropped++
  }
  return dropped
}

const dayMs = 86_400_000
const lockTimeoutMs = 200
/** Any number that nobody else locks in this database. */
const daysLock = 8_027_411

async function insertAttempts(db: Db, attempts: readonly AttemptTable[]): Promise<void> {
  await sql`
    insert into attempt (at, topic_id, number, subscription_id, attempt, outcome, status, failure, name_ms, connect_ms,
      first_byte_ms, total_ms)
    select * from unnest(
      ${attempts.map((row) => row.at)}::timestamptz[], ${attempts.map((row) => row.topic_id)}::bigint[],
      ${attempts.map((row) => row.number)}::bigint[], ${attempts.map((row) => row.subscription_id)}::bigint[],
      ${attempts.map((row) => row.attempt)}::int[], ${attempts.map((row) => row.outcome)}::text[],
      ${attempts.map((row) => row.status)}::smallint[], ${attempts.map((row) => row.failure)}::text[],
      ${attempts.map((row) => row.name_ms)}::int[], ${attempts.map((row) => row.connect_ms)}::int[],
      ${attempts.map((row) => row.first_byte_ms)}::int[], ${attempts.map((row) => row.total_ms)}::int[]
    )
  `.execute(db)
}

/** Attached to a table that is there already: `create … partition of` would lock the parent against every insert. */
async function makeAttemptDay(db: Db, day: string): Promise<void> {
  const from = `${day}T00:00:00Z`
  const to = new Date(new Date(from).getTime() + dayMs).toISOString()
  await withLockTimeout(db, async (connection) => {
    await sql`create table if not exists ${sql.table(partition(day))} (like attempt)`.execute(connection)
    try {
      await sql`
        alter table attempt attach partition ${sql.table(partition(day))} for values from (${sql.lit(from)}) to (${sql.lit(to)})
      `.execute(connection)
    } catch (error) {
      if (!isAlreadyAttached(error)) throw error
    }
  })
}

async function attemptDays(db: Db): Promise<readonly { readonly day: string; readonly detaching: boolean }[]> {
  const { rows } = await sql<{ name: string; detaching: boolean }>`
    select c.relname as name, i.inhdetachpending as detaching
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'attempt'::regclass
    order by c.relname
  `.execute(db)
  return rows.map(({ name, detaching }) => ({ day: name.slice('attempt_'.length).replaceAll('_', '-'), detaching }))
}

/**
 * Runs on one connection that gives up waiting for a lock after 200 ms: the caller comes back later. One hub of the
 * database at a time: `if not exists` and `attach` do not bear another that is at the same day (a unique violation in
 * pg_type). That turn is waited for, since whoever has it gives up in time.
 */
async function withLockTimeout(db: Db, act: (connection: Db) => Promise<void>): Promise<void> {
  await db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${sql.lit(daysLock)})`.execute(connection)
    try {
      await sql`set lock_timeout = ${sql.lit(lockTimeoutMs)}`.execute(connection)
      await act(connection)
    } finally {
      await sql`reset lock_timeout`.execute(connection)
      await sql`select pg_advisory_unlock(${sql.lit(daysLock)})`.execute(connection)
    }
  })
}

function partition(day: string): string {
  return `attempt_${day.replaceAll('-', '_')}`
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}

function isMissingPartition(error: unknown): boolean {
  return hasCode(error, '23514')
}

function isAlreadyAttached(error: unknown): boolean {
  return hasCode(error, '42809')
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
