import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { type Database, openDatabase } from '../../src/db/database.ts'
import type { Db } from '../../src/db/schema.ts'
import type { Cleanup } from './cleanup.ts'
import { until } from './until.ts'

/** A migrated, empty database of the test's own, dropped when the test ends. */
export interface TestDatabase extends Database {
  readonly url: string
}

/**
 * Clones the template that `test/run.ts` migrated.
 *
 * @throws where TEST_DATABASE_URL is not set: run tests through `npm test` or `test/run.ts`
 */
export async function testDatabase(t: Cleanup, { connectionsMax = 5 } = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asAdministrator((admin) =>
    sql`create database ${sql.ref(name)} template ${sql.ref(templateName)} strategy file_copy`.execute(admin.db),
  )
  const url = databaseUrl(name)
  const database = await openDatabase(url, { connectionsMax })
  t.after(async () => {
    await database.close()
    await asAdministrator((admin) => sql`drop database if exists ${sql.ref(name)} with (force)`.execute(admin.db))
  })
  return { ...database, url }
}

export const templateName = 'fanfare_template'

/** Until a transaction of this database waits for another. */
export async function untilWaitsForLock(db: Db): Promise<void> {
  await until(async () => {
    const { rows } = await sql<{ waiting: boolean }>`
      select exists (
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
      ) as waiting
    `.execute(db)
    return rows[0]?.waiting === true
  }, 'a transaction that waits for another')
}

/** The server of this run, another database in it. */
export function databaseUrl(name: string): string {
  const url = new URL(testServerUrl())
  url.pathname = `/${name}`
  return url.href
}

export async function asAdministrator<Result>(act: (admin: Database) => Promise<Result>): Promise<Result> {
  const admin = await openDatabase(testServerUrl(), { connectionsMax: 1 })
  try {
    return await act(admin)
  } finally {
    await admin.close()
  }
}

function testServerUrl(): string {
  const url = process.env.TEST_DATABASE_URL
  if (url === undefined)
    throw new Error('TEST_DATABASE_URL is not set: run tests with npm test, or test/run.ts <files>.')
  return url
}
