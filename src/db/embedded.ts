import { execFile } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { CannotStart } from './cannot-start.ts'
import { findHome, type Home, nameOf, ownUid } from './embedded-home.ts'
import { type Server, socketDirectoryOfRunning, startServer, stopLeftover } from './embedded-server.ts'
import { lockDirectory } from './lock.ts'

/** The PostgreSQL that comes with the package, running for this hub alone. */
export interface EmbeddedPostgres {
  /** For `openDatabase`, and for child processes of this hub. */
  readonly url: string
  /** Where the data really is. */
  readonly dataDirectory: string
  readonly binariesDirectory: string
  /** The user it runs as, where that is not the hub's own. */
  readonly runsAs: string | null
  /** Lets statements under way fail, writes everything, and resolves when the server is gone. Twice is harmless. */
  stop(): Promise<void>
  /** At once, as in a power failure; the next start recovers. */
  stopHard(): void
}

export interface EmbeddedOptions {
  readonly connectionsMax?: number
  /** PostgreSQL settings that go before our own; tests turn `fsync` off. */
  readonly settings?: Readonly<Record<string, string>>
  /** Told each time the server ended by itself and was started again. */
  readonly onRestart?: (restart: { readonly why: string }) => void
  /** Where root's copies go. */
  readonly rootHome?: string
}

/**
 * Starts PostgreSQL on the data in `dataDir`, making it first where there is none, and keeps it running until `stop`.
 * What a killed hub left running is stopped cleanly and started anew.
 *
 * @throws {CannotStart} with a sentence for a person: another hub is there, the data is another version's, no platform …
 */
export async function startEmbeddedPostgres(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  makeDirectory(dataDir)
  const lock = lockDirectory(dataDir)
  try {
    const home = findHome(dataDir, options)
    await prepareData(home)
    const server = await startServer(home, settingsFor(options), options.onRestart ?? (() => {}))
    await ensureDatabase(server)
    return {
      url: urlOf(server.socketDirectory, 'fanfare'),
      dataDirectory: home.dataDirectory,
      binariesDirectory: home.binaries.directory,
      runsAs: home.account?.name ?? null,
      async stop() {
        await server.stop()
        lock.release()
      },
      stopHard: server.stopHard,
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The URL of the PostgreSQL that a hub, or another command, has running on `dataDir`; null: none runs that this user may use. */
export function runningEmbeddedPostgres(dataDir: string): string | null {
  const data = join(dataDir, 'postgres')
  if (!existsSync(data)) return null
  const socketDirectory = socketDirectoryOfRunning(realpathSync(data))
  return socketDirectory === null ? null : urlOf(socketDirectory, 'fanfare')
}

function makeDirectory(dataDir: string): void {
  try {
    makePath(resolve(dataDir))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CannotStart(`DATA_DIR ${dataDir} cannot be made: ${why}.`, { cause })
  }
}

/** From the top down: Node's own `recursive` never ends where a directory cannot be made in one that is there, as in /proc. */
function makePath(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  if (dirname(path) !== path) makePath(dirname(path))
  try {
    mkdirSync(path, { mode: 0o711 }) // Not 0700: the account PostgreSQL runs as must get through.
  } catch (error) {
    // Another hub, starting at the same moment.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}

async function prepareData(home: Home): Promise<void> {
  if (!existsSync(join(home.dataDirectory, 'PG_VERSION'))) await makeData(home)
  refuseOtherVersion(home)
  await stopLeftover(home)
}

/** Beside its place first: a directory of that name is whole or not there, even if this is killed half-way. */
async function makeData({ dataDirectory, binaries, account }: Home): Promise<void> {
  refuseOtherFiles(dataDirectory)
  removeUnfinished(dataDirectory)
  const unfinished = mkdtempSync(`${dataDirectory}${unfinishedMark}`)
  if (account !== null) chownSync(unfinished, account.uid, account.gid)
  await promisify(execFile)(binaries.initdb, [...initdbArguments, `--pgdata=${unfinished}`], {
    ...(account && { uid: account.uid, gid: account.gid }),
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  }).catch((cause: Error & { readonly stderr?: string }) => {
    const told = (cause.stderr || cause.message).trim()
    throw new CannotStart(`PostgreSQL could not make its data in ${unfinished}: ${told}`, { cause })
  })
  letOwnersIn(unfinished, nameOf(account?.uid ?? ownUid()))
  renameSync(unfinished, dataDirectory)
}

function refuseOtherFiles(dataDirectory: string): void {
  if (!existsSync(dataDirectory) || readdirSync(dataDirectory).length === 0) return
  throw new CannotStart(`${dataDirectory} is not empty and holds no data of PostgreSQL (no PG_VERSION).`)
}

/** Of a hub killed while it made its data. Each has its own name, for its initdb may still run. */
function removeUnfinished(dataDirectory: string): void {
  const place = dirname(dataDirectory)
  for (const name of readdirSync(place)) {
    if (name.startsWith(`${basename(dataDirectory)}${unfinishedMark}`)) removeIfPossible(join(place, name))
  }
}

const unfinishedMark = '.unfinished-'

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // Still written to; the next time data is made, if ever, tries again.
  }
}

/** Text is ordered by its bytes, by Postgres itself: no library's next version can reorder an index. */
const initdbArguments = [
  '--username=fanfare',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--data-checksums',
  '--auth-local=peer',
  '--auth-host=reject',
]

/** No password, so none to lose: the kernel says which user knocks at the socket, and only the owner and root are let in. */
function letOwnersIn(dataDirectory: string, owner: string): void {
  const names = new Set([owner, 'root'])
  writeFileSync(join(dataDirectory, 'pg_hba.conf'), 'local all fanfare peer map=fanfare\n')
  writeFileSync(join(dataDirectory, 'pg_ident.conf'), [...names].map((name) => `fanfare "${name}" fanfare\n`).join(''))
}

function refuseOtherVersion({ dataDirectory }: Home): void {
  const version = readFileSync(join(dataDirectory, 'PG_VERSION'), 'utf8').trim()
  if (version === versionMajor) return
  throw new CannotStart(
    `The data in ${dataDirectory} was made by PostgreSQL ${version}, and this Fanfare carries ${versionMajor}: ` +
      'start the Fanfare that made it, dump the database with pg_dump, and restore it into a new DATA_DIR.',
  )
}

const versionMajor = '18'

function settingsFor({ connectionsMax = 40, settings = {} }: EmbeddedOptions): Readonly<Record<string, string>> {
  return {
    listen_addresses: '', // The socket alone: no port to collide with, and nobody else's to knock at.
    unix_socket_permissions: '0700',
    max_connections: String(connectionsMax),
    jit: 'off', // The package carries no LLVM.
    max_parallel_workers_per_gather: '0', // Claims are short; a worker started for one costs more than it saves.
    autovacuum_naptime: '15s', // Queues die young: vacuum early.
    random_page_cost: '1.1',
    timezone: 'UTC',
    // What clients did wrong is told to the clients; this file gets what concerns the server and so stays small.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    ...settings,
  }
}

async function ensureDatabase({ socketDirectory, stop }: Server): Promise<void> {
  const client = new Client({ connectionString: urlOf(socketDirectory, 'postgres') })
  try {
    await client.connect()
    const { rowCount } = await client.query("select from pg_database where datname = 'fanfare'")
    if (rowCount === 0) await client.query('create database fanfare')
  } catch (error) {
    await stop()
    throw error
  } finally {
    await client.end()
  }
}

/** The host stands in the query because a socket's path cannot stand where a host does. */
function urlOf(socketDirectory: string, database: string): string {
  return `postgres://fanfare@localhost/${database}?host=${encodeURIComponent(socketDirectory)}`
}
