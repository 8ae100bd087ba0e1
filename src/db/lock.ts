import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CannotStart } from './cannot-start.ts'

export interface Lock {
  release(): void
}

/** Another process has the directory. */
export class DirectoryTaken extends CannotStart {}

/**
 * Makes this process the only hub in a directory until it releases the lock or ends, however it ends.
 *
 * SQLite is here for its file lock alone: Node offers none, and a file holding a process id can neither be taken over
 * without a race nor be told from one whose id was given to another process.
 *
 * @throws {DirectoryTaken} where another process has it
 * @throws {CannotStart} where the directory cannot be written
 */
export function lockDirectory(directory: string): Lock {
  const holder = join(directory, 'hub.pid')
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(join(directory, 'hub.lock'))
    database.exec('pragma journal_mode = memory; begin exclusive')
  } catch (cause) {
    database?.close()
    if (!isBusy(cause)) throw new CannotStart(`${directory} cannot be written by this user.`, { cause })
    throw new DirectoryTaken(
      `Another hub runs on ${directory} (process ${readHolder(holder)}): stop it, or give this one a DATA_DIR of its own. ` +
        'Hubs that share their work need a Postgres of your own: DATABASE_URL.',
      { cause },
    )
  }
  writeFileSync(holder, `${process.pid}\n`)
  return {
    release() {
      database?.close()
      database = undefined
    },
  }
}

/** SQLITE_BUSY: another process has it; anything else is a directory that cannot be written. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5
}

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
