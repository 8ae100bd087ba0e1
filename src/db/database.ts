import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { CannotStart } from './cannot-start.ts'
import { withLargeParameters } from './large-parameters.ts'
import type { Db, Schema } from './schema.ts'

/** A pool of connections to one Postgres. */
export interface Database {
  readonly db: Db
  readonly pool: pg.Pool
  /** Closes every connection; twice is harmless. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  readonly connectionsMax: number
  /** Postgres ends what takes longer; 0: never, for migrations. */
  readonly statementTimeoutMs?: number
  /** A connection was lost while nobody used it; the next use opens another. */
  readonly onLost?: (error: unknown) => void
}

/** The oldest Postgres whose SQL we speak, and the newest we were tested with. */
const versionMin = 15

/**
 * Opens the database and looks at it once.
 *
 * @throws {CannotStart} where it cannot be reached, refuses us, or is older than Postgres 15; the sentence hides the password
 */
export async function openDatabase(
  url: string,
  { connectionsMax, statementTimeoutMs = 60_000, onLost = () => {} }: DatabaseOptions,
): Promise<Database> {
  let closing: Promise<void> | null = null
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    types: { getTypeParser },
    application_name: 'fanfare',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    // Nothing of ours runs this long: a statement that does holds locks for a reason we would rather not wait for.
    statement_timeout: statementTimeoutMs,
    keepAlive: true,
    idle_in_transaction_session_timeout: 60_000,
  })
  pool.on('error', (error) => {
    if (closing === null) onLost(error)
  })
  // The pool hears its idle connections only. One that is lost between two statements of a transaction would end the
  // process; the next statement fails anyway.
  pool.on('connect', (client) => client.on('error', () => {}))
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: withLargeParameters(pool) }) })
  const database: Database = {
    db,
    pool,
    close() {
      closing ??= db.destroy()
      return closing
    },
  }
  try {
    await assertVersion(db)
  } catch (cause) {
    await database.close()
    if (cause instanceof CannotStart) throw cause
    throw new CannotStart(`The database ${withoutPassword(url)} cannot be used: ${sentenceOf(cause)}`, { cause })
  }
  return database
}

/**
 * Runs `act` in one transaction (read committed) and returns what it returns. Each statement in it sees what was committed
 * before that statement began, which is what the locks of the design rely on.
 */
export function transaction<Result>(db: Db, act: (tx: Db) => Promise<Result>): Promise<Result> {
  return db.transaction().setIsolationLevel('read committed').execute(act)
}

/** The database's URL as it may be shown. */
export function withoutPassword(url: string): string {
  return url.replace(/:\/\/([^:/@]*):[^@]*@/, '://$1:***@')
}

async function assertVersion(db: Db): Promise<void> {
  const { rows } = await sql<{ version: string }>`select current_setting('server_version_num') as version`.execute(db)
  const major = Math.floor(Number(rows[0]?.version ?? 0) / 10_000)
  if (major < versionMin) throw new CannotStart(`Postgres ${major} is too old for this hub: use ${versionMin} to 18.`)
}

function sentenceOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(sentenceOf).join('; ')
  return cause instanceof Error ? cause.message : String(cause)
}

const int8 = pg.types.builtins.INT8
const int8Array = 1016

/** int8 and int8[] become safe integers, once, here (rule 13); all else is as `pg` has it. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === int8) return safeInteger
  if (oid === int8Array) return safeIntegers
  return pg.types.getTypeParser(oid, format as 'text')
}

/** `{1,2,3}`; our arrays of ids hold no nulls. */
function safeIntegers(text: string): readonly number[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',').map(safeInteger)
}

function safeInteger(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} is beyond 2^53 - 1.`)
  return number
}
