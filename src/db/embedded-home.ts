import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { CannotStart } from './cannot-start.ts'
import { type Binaries, copyBinaries, findInstalledBinaries, usableInPlace } from './embedded-binaries.ts'

/** Where the embedded PostgreSQL lives and who runs it. */
export interface Home {
  /** PGDATA. */
  readonly dataDirectory: string
  readonly logFile: string
  readonly binaries: Binaries
  /** Whom the server runs as, where that is not whoever runs the hub: PostgreSQL refuses to be run by root. */
  readonly account: Account | null
}

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * Finds the places, makes those that are missing, and copies the binaries where they must be.
 *
 * For an ordinary user all is in `dataDir`. For root the server runs as `postgres` or `nobody`, and whatever that account
 * could not enter (a clone in root's home is closed to it) is put under `rootHome`; then `<dataDir>/postgres` is a link to it.
 *
 * @throws {CannotStart} where there is no such place, account or platform
 */
export function findHome(dataDir: string, { rootHome = '/var/lib/fanfare' } = {}): Home {
  if (platform() === 'win32') {
    throw new CannotStart('The embedded PostgreSQL is not run on Windows: use WSL, or set DATABASE_URL.')
  }
  const account = ownUid() === 0 ? accountFor(join(dataDir, 'postgres')) : null
  const dataDirectory = placeData(dataDir, account, rootHome)
  if (account === null) refuseOthersData(dataDirectory)
  return {
    dataDirectory,
    logFile: join(dirname(dataDirectory), 'postgres.log'),
    binaries: placeBinaries(dataDir, account, rootHome),
    account,
  }
}

/** Whoever owns the data already; else the account that exists for this, else the one that exists everywhere. */
function accountFor(data: string): Account {
  const owner = existsSync(data) ? statSync(data) : undefined
  if (owner !== undefined && owner.uid !== 0) return { name: nameOf(owner.uid), uid: owner.uid, gid: owner.gid }
  for (const name of ['postgres', 'nobody']) {
    const uid = id('-u', name)
    const gid = id('-g', name)
    if (uid !== undefined && gid !== undefined) return { name, uid: Number(uid), gid: Number(gid) }
  }
  throw new CannotStart(
    "PostgreSQL refuses to be run by root, and this machine has neither a user 'postgres' nor 'nobody' to run it as: " +
      'run the hub as an ordinary user, or set DATABASE_URL.',
  )
}

/** Whoever runs the hub. Not `userInfo`, which throws where the id has no name. */
export function ownUid(): number {
  return process.getuid?.() ?? -1
}

/** The name of a user id. PostgreSQL needs one, so that it can tell who knocks. */
export function nameOf(uid: number): string {
  const name = id('-un', String(uid))
  if (name !== undefined) return name
  throw new CannotStart(`PostgreSQL cannot be run by user id ${uid}, which has no name on this machine (/etc/passwd).`)
}

function id(...what: string[]): string | undefined {
  try {
    return execFileSync('id', what, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

function placeData(dataDir: string, account: Account | null, rootHome: string): string {
  const named = join(dataDir, 'postgres')
  const known = lstatSync(named, { throwIfNoEntry: false })
  if (known?.isSymbolicLink()) return followLink(named)
  if (known !== undefined || account === null || canEnter(account, dataDir))
    return join(realpathSync(dataDir), 'postgres')
  mkdirSync(rootHome, { recursive: true, mode: 0o755 })
  const place = mkdtempSync(join(rootHome, `${basename(dirname(dataDir))}-`))
  chmodSync(place, 0o755)
  symlinkSync(join(place, 'postgres'), named)
  return join(place, 'postgres')
}

/** The link is made before what it points to, so that it may lead to nothing yet; the place itself must be there. */
function followLink(link: string): string {
  const target = readlinkSync(link)
  if (existsSync(dirname(target))) return join(realpathSync(dirname(target)), basename(target))
  throw new CannotStart(
    `The data is in ${target} (${link} points there), but that cannot be found, or not by this user: ` +
      'start as the user that started the hub before, bring it back, or remove the link to begin with nothing.',
  )
}

function refuseOthersData(dataDirectory: string): void {
  const owner = statSync(dataDirectory, { throwIfNoEntry: false })?.uid
  if (owner === undefined || owner === ownUid()) return
  throw new CannotStart(
    `The data in ${dataDirectory} belongs to another user (id ${owner}): start as that one, or as root.`,
  )
}

function placeBinaries(dataDir: string, account: Account | null, rootHome: string): Binaries {
  const installed = findInstalledBinaries()
  const inPlace = usableInPlace(installed)
  if (inPlace !== null && (account === null || canEnter(account, join(inPlace.directory, 'bin')))) return inPlace
  return copyBinaries(installed, account === null ? dataDir : rootHome)
}

/** Asked of the system itself: modes, groups and access lists all count. */
function canEnter(account: Account, directory: string): boolean {
  const { uid, gid } = account
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0
}
