import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { CannotStart } from '../db/cannot-start.ts'
import { databaseTime } from '../db/clock.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { runningEmbeddedPostgres } from '../db/embedded.ts'
import { DirectoryTaken } from '../db/lock.ts'
import { assertMigrated } from '../db/migrate.ts'
import { startPostgres } from './postgres.ts'

/**
 * Lets a command act on the hub's database, whether hubs run or not: on the Postgres of DATABASE_URL; on the embedded one
 * that runs under DATA_DIR, which stays as it is; or on that one, started for as long as `act` takes. `now` is the
 * database's time.
 *
 * @throws {CannotStart} with a sentence for a person: there is no such database, its schema is another version's, …
 */
export async function withAdminDatabase<Result>(
  config: Config,
  act: (database: Database, now: Date) => Promise<Result>,
): Promise<Result> {
  await using open = new AsyncDisposableStack()
  const postgres = config.DATABASE_URL === undefined ? await findEmbedded(config) : { url: config.DATABASE_URL }
  if ('stop' in postgres) open.defer(postgres.stop)
  const database = await openDatabase(postgres.url, { connectionsMax: 2 })
  open.defer(database.close)
  await assertMigrated(database.db)
  return await act(database, await databaseTime(database.db))
}

type Found = { readonly url: string } | { readonly url: string; stop(): Promise<void> }

async function findEmbedded(config: Config): Promise<Found> {
  refuseNothing(config)
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const url = runningEmbeddedPostgres(config.DATA_DIR)
    if (url !== null) return { url }
    try {
      return await startPostgres(config)
    } catch (error) {
      // A hub that has the directory but no Postgres is starting, or starts its Postgres again.
      if (!(error instanceof DirectoryTaken) || waitedMs >= waitedMsMax) throw error
    }
    await sleep(lookEveryMs)
  }
}

const lookEveryMs = 100
const waitedMsMax = 15_000

/** A mistyped DATA_DIR shall not become a new, empty hub. */
function refuseNothing({ DATA_DIR }: Config): void {
  if (existsSync(join(DATA_DIR, 'postgres'))) return
  throw new CannotStart(
    `There is no hub's data in ${DATA_DIR}: run this where the hub runs, set DATA_DIR (or DATABASE_URL) as it is set there, ` +
      'or start the hub once.',
  )
}
