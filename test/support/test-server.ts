import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  globSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startEmbeddedPostgres } from '../../src/db/embedded.ts'
import { stopLeftover } from '../../src/db/embedded-server.ts'
import { lockDirectory } from '../../src/db/lock.ts'

const directoryMark = 'fanfare-test-'
const memory = '/dev/shm'
const memoryBytesMin = 1024 ** 3
/** A run makes its directory before it locks it. */
const youngMs = 60_000

export interface TestServer {
  readonly url: string
  stop(): Promise<void>
}

/** The Postgres of a run of tests: the embedded one, in a directory of its own without fsync, or what TEST_DATABASE_URL names. */
export async function startTestServer(): Promise<TestServer> {
  const given = process.env.TEST_DATABASE_URL
  if (given !== undefined) return { url: given, stop: async () => {} }
  await sweepDirectories()
  const directory = mkdtempSync(join(tmpdir(), directoryMark))
  chmodSync(directory, 0o755) // For root: the server's user must get in.
  if (hasRoom(memory)) putDataInto(memory, directory)
  const postgres = await startEmbeddedPostgres(directory, {
    connectionsMax: 200,
    rootHome: directory,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  })
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop()
      removeDirectory(directory)
    },
  }
}

/**
 * Each test has a database of its own, which is three hundred files: made on a disk, synced or not, they took a third of the
 * whole run. Only the data lies in memory, by a link that the embedded server follows: programs may not be run there everywhere.
 */
function putDataInto(parent: string, directory: string): void {
  const place = mkdtempSync(join(parent, directoryMark))
  chmodSync(place, 0o755)
  symlinkSync(join(place, 'postgres'), join(directory, 'postgres'))
}

function hasRoom(parent: string): boolean {
  try {
    accessSync(parent, constants.W_OK)
    const { bavail, bsize } = statfsSync(parent)
    return bavail * bsize >= memoryBytesMin
  } catch {
    return false
  }
}

function removeDirectory(directory: string): void {
  const place = linkedFrom(join(directory, 'postgres'))
  if (place !== null) rmSync(dirname(place), { recursive: true, force: true })
  rmSync(directory, { recursive: true, force: true })
}

function linkedFrom(link: string): string | null {
  try {
    return readlinkSync(link)
  } catch {
    return null
  }
}

/** Of runs that were killed: each may have left its Postgres running. */
async function sweepDirectories(): Promise<void> {
  for (const directory of globSync(join(tmpdir(), `${directoryMark}*`))) {
    if (Date.now() - statSync(directory).mtimeMs < youngMs) continue
    try {
      const lock = lockDirectory(directory)
      const data = join(directory, 'postgres')
      if (existsSync(data)) await stopLeftover({ dataDirectory: realpathSync(data) })
      lock.release()
      removeDirectory(directory)
    } catch {
      // A run that goes on, or another user's.
    }
  }
}
