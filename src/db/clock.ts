import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { Db } from './schema.ts'

/**
 * The database's time without asking it: its time at the last measurement plus the monotonic time since. All hubs of one
 * database so agree on what is due, whatever their machines' clocks say.
 */
export interface DatabaseClock {
  /** To the millisecond. Never earlier than before, except where the database's own clock went back by over a second. */
  now(): Date
  /** Asks the database. Not needed for being right: it is asked by itself. */
  measure(): Promise<void>
  close(): void
}

/** The database's time, asked for once. */
export async function databaseTime(db: Db): Promise<Date> {
  const { now } = await db
    .selectNoFrom(sql<Date>`clock_timestamp()::timestamptz(3)`.as('now'))
    .executeTakeFirstOrThrow()
  return now
}

export interface ClockOptions {
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMs: () => number
  /** The machine's own clock, compared with the monotonic one to notice sleep and jumps; never told to anyone. */
  readonly wallMs?: () => number
  /** A measurement failed; the time goes on from the last one. */
  readonly onError?: (error: unknown) => void
}

/**
 * Measures once, then every 30 s, after a new connection (a failover may have led to another machine), and when the
 * process slept or the machine's clock was set.
 *
 * @throws where the first measurement fails
 */
export async function startDatabaseClock(
  { db, pool }: Database,
  { monotonicMs, wallMs = Date.now, onError = () => {} }: ClockOptions,
): Promise<DatabaseClock> {
  let offsetMs: number | null = null
  let toldMs = Number.NEGATIVE_INFINITY
  let askedAtMs = Number.NEGATIVE_INFINITY
  let measuring: Promise<void> | null = null
  let driftMs = 0

  async function ask(): Promise<void> {
    askedAtMs = monotonicMs()
    const { databaseMs, beganAtMs, endedAtMs } = await db.connection().execute(askTime)
    if (offsetMs !== null && endedAtMs - beganAtMs > roundTripMsMax) return
    offsetMs = databaseMs - (beganAtMs + endedAtMs) / 2 // It looked at its clock half-way.
    driftMs = wallMs() - endedAtMs
  }

  /** On a connection in hand: waiting for one is no part of the round trip. */
  async function askTime(db: Db) {
    const beganAtMs = monotonicMs()
    const { rows } = await sql<{ readonly ms: number }>`
      select extract(epoch from clock_timestamp())::float8 * 1000 as ms
    `.execute(db)
    return { databaseMs: rows[0]?.ms ?? Number.NaN, beganAtMs, endedAtMs: monotonicMs() }
  }

  function measure(): Promise<void> {
    measuring ??= ask().finally(() => {
      measuring = null
    })
    return measuring
  }

  function measureAfter(waitMs: number): void {
    if (monotonicMs() - askedAtMs >= waitMs) measure().catch(onError)
  }

  function tick(): void {
    const jumped = Math.abs(wallMs() - monotonicMs() - driftMs) > jumpMs
    measureAfter(jumped ? 0 : measureEveryMs)
  }

  const onConnect = () => measureAfter(measureAgainMs)
  await measure()
  pool.on('connect', onConnect)
  const ticking = setInterval(tick, tickMs).unref()
  return {
    now() {
      const ms = Math.floor(monotonicMs() + (offsetMs ?? 0))
      const back = toldMs - ms
      if (back <= 0 || back > holdMsMax) toldMs = ms
      return new Date(toldMs)
    },
    measure,
    close() {
      clearInterval(ticking)
      pool.off('connect', onConnect)
    },
  }
}

const measureEveryMs = 30_000
/** A pool that grows opens many connections at once. */
const measureAgainMs = 1000
/** A slower answer says too little about when it was given, and the time known so far is kept. */
const roundTripMsMax = 1000
const tickMs = 1000
const jumpMs = 500
/** A correction this small is waited out; waiting out a larger one would leave due work undone. */
const holdMsMax = 1000
