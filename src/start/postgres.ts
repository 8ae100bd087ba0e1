import type { Config } from '../config.ts'
import { openDatabase } from '../db/database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../db/embedded.ts'
import { migrate } from '../db/migrate.ts'

/** The operator's Postgres, or the embedded one, running and migrated. */
export interface Postgres {
  readonly url: string
  readonly embedded: EmbeddedPostgres | null
  /** The migrations that ran now. */
  readonly migrated: readonly string[]
  /** Stops what this process started; twice is harmless. */
  stop(): Promise<void>
}

/** @throws {CannotStart} with a sentence for a person */
export async function startPostgres(
  config: Config,
  onRestart: (restart: { readonly why: string }) => void = () => {},
): Promise<Postgres> {
  if (config.DATABASE_URL !== undefined) {
    const migrated = await migrateAt(config.DATABASE_URL)
    return { url: config.DATABASE_URL, embedded: null, migrated, stop: async () => {} }
  }
  const embedded = await startEmbeddedPostgres(config.DATA_DIR, {
    connectionsMax: config.DATABASE_POOL_SIZE + connectionsBesides,
    onRestart,
  })
  try {
    return { url: embedded.url, embedded, migrated: await migrateAt(embedded.url), stop: embedded.stop }
  } catch (error) {
    await embedded.stop()
    throw error
  }
}

/** For listening, migrating, and a person with psql. */
const connectionsBesides = 15

/** On a connection of its own, without the time limit of all others: an index on a large table takes its time. */
async function migrateAt(url: string): Promise<readonly string[]> {
  const database = await openDatabase(url, { connectionsMax: 1, statementTimeoutMs: 0 })
  try {
    return await migrate(database.db)
  } finally {
    await database.close()
  }
}
