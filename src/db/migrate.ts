import { promises as fs } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import { CannotStart } from './cannot-start.ts'
import { codeGeneration, type Db } from './schema.ts'

/**
 * Runs the migrations that have not run, in order, once, under Kysely's advisory lock: two hubs that start at once on an
 * empty database both come up. A database that newer code has migrated is left as it is.
 *
 * @returns the names of those that ran now
 * @throws {CannotStart} where the schema has moved on beyond what this code can serve
 */
export async function migrate(db: Db): Promise<readonly string[]> {
  const { results, error } = await migratorOf(db).migrateToLatest()
  const unknown = error instanceof Error && /previously executed migration .* is missing/.test(error.message)
  if (error !== undefined && !unknown) throw new Error('The database could not be migrated.', { cause: error })
  await assertServed(db)
  return (results ?? []).filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName)
}

/**
 * Refuses a database that this code cannot serve as it is, and changes nothing.
 *
 * @throws {CannotStart} where migrations have not run, or the schema has moved on beyond this code
 */
export async function assertMigrated(db: Db): Promise<void> {
  const missing = (await migratorOf(db).getMigrations()).filter(({ executedAt }) => executedAt === undefined)
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ')
    throw new CannotStart(
      `The schema of the database is older than this code (${names} did not run): run fanfare migrate first.`,
    )
  }
  await assertServed(db)
}

function migratorOf(db: Db): Migrator {
  return new Migrator({
    db,
    provider: new FileMigrationProvider({ fs, path, migrationFolder }),
    allowUnorderedMigrations: true,
  })
}

const migrationFolder = fileURLToPath(new URL('../../migrations', import.meta.url))

/** The schema records the oldest code it serves (design §3): two versions run side by side during a roll-out. */
async function assertServed(db: Db): Promise<void> {
  const { oldest_code: oldest } = await db.selectFrom('hub').select('oldest_code').executeTakeFirstOrThrow()
  if (oldest <= codeGeneration) return
  throw new CannotStart(
    `The database serves hubs of generation ${oldest} and later, and this one is of generation ${codeGeneration}: install a newer version.`,
  )
}
