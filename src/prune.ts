import { sql } from 'kysely'
import type { Config } from './config.ts'
import { pruneRates } from './db/rate.ts'
import type { Db } from './db/schema.ts'
import { dropAttemptDays, makeAttemptDays } from './distribution/attempt-store.ts'
import { pruneContent } from './distribution/content-store.ts'
import { pruneOrigins } from './distribution/origin-store.ts'
import { prunePublications } from './distribution/publication-store.ts'
import type { Events } from './events.ts'
import { idempotencyMs } from './publishing/handed-over.ts'
import { pruneRequests } from './publishing/handed-over-store.ts'
import { pruneTopics } from './publishing/store.ts'
import { deleteEndedSubscriptions } from './subscribing/subscription-store.ts'
import { prunePulls } from './superfeedr/pull-store.ts'
import type { Duty } from './work/job.ts'
import type { World } from './world.ts'

export interface PruneParts {
  readonly db: Db
  readonly config: Config
  readonly world: World
  readonly events: Events
}

/** Rows of one statement: bounded work, then again. */
const rowsMax = 1000
const pruneEveryMs = 60_000
/** An open breaker with nothing left to probe with is forgotten after this. */
const breakerForgottenMs = 30 * 60_000

/**
 * The duty that removes ended leases and what nobody is owed any more, in bounded batches, once a minute in every hub: a
 * row that another hub is at is passed by.
 */
export function pruneDuty({ db, config, world, events }: PruneParts): Duty {
  let dueAt: Date | null = null

  function before(ms: number): Date {
    return new Date(world.now().getTime() - ms)
  }

  const bounded: readonly (readonly [table: string, prune: () => Promise<number>])[] = [
    ['subscription', () => deleteEndedSubscriptions(db, { now: world.now(), limit: rowsMax })],
    ['pull', () => prunePulls(db, { now: world.now(), limit: rowsMax })],
    ['publication', () => prunePublications(db, { before: before(config.PUBLICATION_RETENTION), limit: rowsMax })],
    ['idempotency', () => pruneRequests(db, { before: before(idempotencyMs), limit: rowsMax })],
    ['topic', () => pruneTopics(db, { now: world.now(), limit: rowsMax })],
    ['content', () => pruneContent(db, { limit: rowsMax })],
    ['origin', () => pruneOrigins(db, { openBefore: before(breakerForgottenMs), limit: rowsMax })],
    ['rate', () => pruneRates(db, { now: world.now(), limit: rowsMax })],
  ]

  return {
    name: 'prune',
    earliestDue: () => sql`select ${dueAt ?? world.now()}::timestamptz(3)`,
    async turn(stop) {
      if (stop.aborted || (dueAt !== null && dueAt > world.now())) return false
      dueAt = new Date(world.now().getTime() + pruneEveryMs)
      await apart(() => makeAttemptDays(db, { now: world.now() }).then(() => 0))
      const all = [
        ...bounded,
        ['attempt', () => dropAttemptDays(db, { before: before(config.ATTEMPT_RETENTION) })],
      ] as const
      for (const [table, prune] of all) {
        const rows = await apart(() => pruneAll(prune, stop))
        if (rows > 0) events.pruned({ table, rows })
      }
      return false
    },
    settled: async () => {},
  }

  /** What holds up one table, a dump that still reads an old day for one, shall not keep the others growing. */
  async function apart(prune: () => Promise<number>): Promise<number> {
    try {
      return await prune()
    } catch (error) {
      events.dutyFailed({ duty: 'prune', error })
      return 0
    }
  }
}

async function pruneAll(prune: () => Promise<number>, stop: AbortSignal): Promise<number> {
  let total = 0
  for (let rows = rowsMax; rows >= rowsMax && !stop.aborted; total += rows) rows = await prune()
  return total
}
