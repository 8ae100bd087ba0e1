import type { RawBuilder } from 'kysely'
import { createGather } from './gather.ts'

/**
 * What turns: the worker asks it to claim and start work, and never learns what the work is. A turn starts what it
 * claimed and returns as soon as it could claim again; it does not wait for the work to end.
 */
export interface Duty {
  readonly name: string
  /** A scalar subquery: the earliest instant at which a row of this duty is due, or null. For the combined look. */
  earliestDue(): RawBuilder<Date | null>
  /** Claims once. False: nothing that could be started now is due. */
  turn(stop: AbortSignal): Promise<boolean>
  /** Resolves once everything it started has ended and is written. */
  settled(): Promise<void>
}

/** The duty of one job. It also takes rows that were claimed in the statement that wrote them. */
export interface JobDuty<Row> extends Duty {
  /** Whether a row of this origin could be started now. */
  hasRoom(origin: string): boolean
  /** Starts a claimed row at once. Ask for room before claiming; one or two more than fit do no harm. */
  start(row: Row, stop: AbortSignal): void
}

/** Work over a table with `due_at`, `attempt` and `token`. Claims and settlements take many rows a statement. */
export interface Job<Row, Outcome> {
  readonly name: string
  /** Rows performed at once by this process, and about how many of them to one origin (scheme, host, port). */
  readonly atOnce: number
  readonly perOriginAtOnce: number
  earliestDue(): RawBuilder<Date | null>
  /** Claims due rows: moves `due_at` to when the claim lapses, counts the attempt, writes a token. */
  claim(want: ClaimWanted): Promise<readonly Row[]>
  originOf(row: Row): string
  /** Never throws for what a stranger's server does. */
  perform(row: Row, stop: AbortSignal): Promise<Outcome>
  /** Writes what came of rows, in one transaction; each row only if its token is still the one claimed. */
  settle(performed: readonly Performed<Row, Outcome>[]): Promise<void>
  /** Performing or settling threw over this row, which is our own fault: its claim lapses, unless this sets it aside. */
  failed(row: Row, error: unknown): Promise<void>
}

export interface ClaimWanted {
  /** Oldest due first. */
  readonly limit: number
  /** Of them, to one origin. */
  readonly perOriginLimit: number
  /** Origins that have no room now: their rows stay unclaimed. */
  readonly busyOrigins: readonly string[]
}

export interface Performed<Row, Outcome> {
  readonly row: Row
  readonly outcome: Outcome
}

export interface DutyOptions {
  /** Told when an origin that had no room has some again: look once more. */
  readonly onRoom: (job: string) => void
  /** Told what the telling of a failed row threw: Postgres is away. */
  readonly onError: (job: string, error: unknown) => void
}

/** The largest claim of one statement: bounded work, then look again. */
const claimRowsMax = 200

export function dutyOf<Row, Outcome>(job: Job<Row, Outcome>, { onRoom, onError }: DutyOptions): JobDuty<Row> {
  const open = new Set<Promise<void>>()
  const openByOrigin = new Map<string, number>()
  const gather = createGather<Performed<Row, Outcome>>((performed) => job.settle(performed))

  /** Together with others, and by itself where that failed: one that cannot be settled keeps none of them from it (SEC-22). */
  async function settle(performed: Performed<Row, Outcome>): Promise<void> {
    await gather.add(performed).catch(() => job.settle([performed]))
  }

  async function performOne(row: Row, stop: AbortSignal): Promise<void> {
    const origin = job.originOf(row)
    openByOrigin.set(origin, (openByOrigin.get(origin) ?? 0) + 1)
    try {
      await settle({ row, outcome: await job.perform(row, stop) })
    } catch (error) {
      await job.failed(row, error).catch((second: unknown) => onError(job.name, second))
    } finally {
      leave(origin)
    }
  }

  function leave(origin: string): void {
    const before = openByOrigin.get(origin) ?? 1
    if (before === 1) openByOrigin.delete(origin)
    else openByOrigin.set(origin, before - 1)
    if (before >= job.perOriginAtOnce) onRoom(job.name)
  }

  function start(row: Row, stop: AbortSignal): void {
    const performing: Promise<void> = performOne(row, stop).finally(() => open.delete(performing))
    open.add(performing)
  }

  return {
    name: job.name,
    earliestDue: () => job.earliestDue(),
    hasRoom: (origin) => open.size < job.atOnce && (openByOrigin.get(origin) ?? 0) < job.perOriginAtOnce,
    start,
    async turn(stop) {
      while (open.size >= job.atOnce && !stop.aborted) await Promise.race(open)
      if (stop.aborted) return false
      const rows = await job.claim({
        limit: Math.min(claimRowsMax, job.atOnce - open.size),
        perOriginLimit: job.perOriginAtOnce,
        busyOrigins: [...openByOrigin].filter(([, count]) => count >= job.perOriginAtOnce).map(([origin]) => origin),
      })
      for (const row of rows) start(row, stop)
      return rows.length > 0
    },
    async settled() {
      while (open.size > 0) await Promise.all(open)
    },
  }
}
