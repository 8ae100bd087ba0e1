import { type RawBuilder, sql } from 'kysely'
import { workTables } from '../db/claims.ts'
import type { Db } from '../db/schema.ts'
import type { Readings } from '../hub.ts'
import type { SenderStats } from '../outbound/send.ts'
import type { Gauges, StoredGauges } from '../telemetry/gauges.ts'

export interface GaugeSources {
  readonly db: Db
  readonly now: () => Date
  readonly readings: Readings
  readonly sender: () => SenderStats
}

/** What a scrape reads off the hub, its sender and its database. */
export function gaugesOf({ db, now, readings, sender }: GaugeSources): Gauges {
  return {
    async stored() {
      const [oldest, counted] = await Promise.all([readings.oldestDue(), count(db)])
      const seconds = (at: Date | null) => (at === null ? 0 : Math.max(0, now().getTime() - at.getTime()) / 1000)
      return { oldestDueSeconds: Object.fromEntries(oldest.map(({ duty, at }) => [duty, seconds(at)])), ...counted }
    },
    live: () => ({
      inFlight: readings.inFlight(),
      stragglers: readings.stragglers(),
      streamsOpen: readings.streamsOpen(),
      socketsOpen: sender().openSockets,
      pool: readings.pool(),
    }),
  }
}

type Counted = Omit<StoredGauges, 'oldestDueSeconds'>

async function count(db: Db): Promise<Counted> {
  const { rows } = await sql<Counted>`
    select
      (select count(*) from backlog) as "backlogRows",
      (select count(*) from broadcast) as "broadcastsOpen",
      (select count(*) from origin where open_since is not null) as "breakersOpen",
      json_build_object(${sql.join(workTables.flatMap((table) => [sql.lit(table), parkedIn(table)]))}) as "parkedRows"
  `.execute(db)
  const [counted] = rows
  if (counted === undefined) throw new Error('A select without from gave no row.')
  return counted
}

function parkedIn(table: string): RawBuilder<number> {
  return sql`(select count(*) from ${sql.table(table)} where parked_at is not null)`
}
