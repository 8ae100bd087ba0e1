import { type Kysely, sql } from 'kysely'
import type { Bell } from './bell.ts'
import type { Duty } from './job.ts'

export interface Watch {
  /** Told what a turn or the look threw: Postgres away, or our own mistake. */
  readonly onError: (duty: string, error: unknown) => void
}

/** Turns until told to stop. The bell only shortens the rest; the look alone would be correct. */
export async function work(duty: Duty, bell: Bell, stop: AbortSignal, { onError }: Watch): Promise<void> {
  while (!stop.aborted) {
    const rung = bell.next(duty.name) // Before looking: a row committed during the look must not wait a full rest.
    const worked = await duty.turn(stop).catch((error: unknown) => {
      onError(duty.name, error)
      return false
    })
    if (!worked) await rung
  }
}

/**
 * The combined look of an idle hub: one statement every two seconds asks all duties for their earliest due instant, wakes
 * those that are due, and sets the bell for those that will be before the next look.
 */
export async function look(
  db: Kysely<unknown>,
  duties: readonly Duty[],
  { now, bell }: { readonly now: () => Date; readonly bell: Bell },
): Promise<boolean> {
  const earliest = await earliestDue(db, duties)
  const nextLook = new Date(now().getTime() + lookEveryMs)
  let due = false
  for (const { duty, at } of earliest) {
    if (at === null || at > nextLook) continue
    bell.wake(duty, at)
    due ||= at <= now()
  }
  return due
}

/** Each duty with its earliest due instant; null: none. */
export async function earliestDue(
  db: Kysely<unknown>,
  duties: readonly Duty[],
): Promise<readonly { duty: string; at: Date | null }[]> {
  const rows = duties.map((duty) => sql`select ${sql.lit(duty.name)} as duty, (${duty.earliestDue()}) as at`)
  const result = await sql<{ duty: string; at: Date | null }>`${sql.join(rows, sql` union all `)}`.execute(db)
  return result.rows
}

export const lookEveryMs = 2000
