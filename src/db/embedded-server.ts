import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  chownSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CannotStart } from './cannot-start.ts'
import type { Home } from './embedded-home.ts'

/** A PostgreSQL that is started again whenever it ends by itself, until it is stopped. */
export interface Server {
  readonly socketDirectory: string
  stop(): Promise<void>
  stopHard(): void
}

/**
 * Resolves once the server accepts connections; recovery after a crash may take it minutes.
 *
 * @throws {CannotStart} with the end of its log, where it ends instead
 */
export async function startServer(
  home: Home,
  settings: Readonly<Record<string, string>>,
  onRestart: (restart: { readonly why: string }) => void,
): Promise<Server> {
  const socketDirectory = chooseSocketDirectory(home)
  const stopping = new AbortController()
  let postmaster = launch()

  function launch(): Postmaster {
    return launchPostmaster(home, { ...settings, unix_socket_directories: socketDirectory })
  }

  async function keepRunning(): Promise<void> {
    for (let failures = 0; ; ) {
      const startedAtMs = performance.now()
      const why = await postmaster.ended
      if (stopping.signal.aborted) return
      failures = performance.now() - startedAtMs > restartWaitForgottenMs ? 1 : failures + 1
      onRestart({ why })
      await sleep(Math.min(restartWaitMsMax, 125 * 2 ** failures), null, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      try {
        postmaster = launch()
      } catch (error) {
        onRestart({ why: String(error) })
      }
    }
  }

  async function stopOnce(): Promise<void> {
    stopping.abort()
    await stopPostmaster(postmaster)
    await running
    if (socketDirectory !== home.dataDirectory) rmSync(socketDirectory, { recursive: true, force: true })
  }

  await ready(home, postmaster)
  const running = keepRunning()
  let stopped: Promise<void> | undefined
  return {
    socketDirectory,
    stop() {
      stopped ??= stopOnce()
      return stopped
    },
    stopHard() {
      stopping.abort()
      postmaster.child.kill('SIGQUIT')
    },
  }
}

const restartWaitMsMax = 10_000
const restartWaitForgottenMs = 60_000

interface Postmaster {
  readonly child: ChildProcess
  /** Resolves when it is gone, with how it went. */
  readonly ended: Promise<string>
}

/** In a session of its own, so that Ctrl-C in the hub's terminal does not reach it: the hub stops it last. */
function launchPostmaster(home: Home, settings: Readonly<Record<string, string>>): Postmaster {
  disownStaleLock(home)
  const logBytes = statSync(home.logFile, { throwIfNoEntry: false })?.size ?? 0
  const log = openSync(home.logFile, logBytes > logBytesMax ? 'w' : 'a', 0o600)
  const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(home.binaries.postgres, ['-D', home.dataDirectory, ...given], {
    ...(home.account && { uid: home.account.uid, gid: home.account.gid }),
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
  })
  return { child, ended }
}

const logBytesMax = 10 * 1024 ** 2

async function ready(home: Home, postmaster: Postmaster): Promise<void> {
  let ended: string | undefined
  void postmaster.ended.then((why) => {
    ended = why
  })
  while (ended === undefined) {
    const told = readPostmasterFile(home.dataDirectory)
    if (told?.pid === postmaster.child.pid && told?.status === 'ready') return
    await sleep(10)
  }
  throw new CannotStart(`PostgreSQL did not start (${ended}): ${lastLines(home.logFile)}`)
}

function lastLines(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-4).join(' ')
}

/** A fast shutdown; after half a minute an immediate one, which costs the next start a recovery and loses nothing. */
async function stopPostmaster({ child, ended }: Postmaster): Promise<void> {
  child.kill('SIGINT')
  const patience = setTimeout(() => child.kill('SIGQUIT'), stopPatienceMs)
  await ended
  clearTimeout(patience)
}

const stopPatienceMs = 30_000

/** The directory of the socket of a server that runs on the data, whoever started it, and accepts connections; null: none does. */
export function socketDirectoryOfRunning(dataDirectory: string): string | null {
  const told = readPostmasterFile(dataDirectory)
  return told?.status === 'ready' && isPostmaster(told.pid, dataDirectory) ? told.socketDirectory : null
}

/** Stops the server that a killed hub left behind; `hub.lock` has said that no living hub uses it. */
export async function stopLeftover({ dataDirectory }: Pick<Home, 'dataDirectory'>): Promise<void> {
  const left = readPostmasterFile(dataDirectory)
  if (left === null || !isPostmaster(left.pid, dataDirectory)) return
  process.kill(left.pid, 'SIGINT')
  const impatientAtMs = performance.now() + stopPatienceMs
  let patient = true
  while (isPostmaster(left.pid, dataDirectory)) {
    await sleep(20)
    if (patient && performance.now() > impatientAtMs) {
      patient = false
      process.kill(left.pid, 'SIGQUIT')
    }
  }
  if (left.socketDirectory !== dataDirectory) rmSync(left.socketDirectory, { recursive: true, force: true })
}

/**
 * PostgreSQL believes the file as long as any process has the id in it, though it may have been given to another since.
 * The id is replaced by one no process can have; the file stays, for by its other lines PostgreSQL finds out whether
 * children of the dead server still use the data.
 */
function disownStaleLock({ dataDirectory }: Home): void {
  const told = readPostmasterFile(dataDirectory)
  if (told === null || isPostmaster(told.pid, dataDirectory)) return
  const path = join(dataDirectory, 'postmaster.pid')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^\d+/, String(pidOfNobody)))
  rmSync(join(told.socketDirectory, '.s.PGSQL.5432.lock'), { force: true })
}

const pidOfNobody = 2 ** 31 - 1

interface PostmasterFile {
  readonly pid: number
  readonly socketDirectory: string
  readonly status: string
}

/** `postmaster.pid`: process id, data directory, start, port, socket directory, address, shared memory, status. */
function readPostmasterFile(dataDirectory: string): PostmasterFile | null {
  try {
    const lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    return pid > 0 ? { pid, socketDirectory: lines[4] ?? dataDirectory, status: lines[7]?.trim() ?? '' } : null
  } catch {
    return null
  }
}

/** Whether the process is a PostgreSQL on this data: its working directory is the data directory. */
function isPostmaster(pid: number, dataDirectory: string): boolean {
  try {
    if (platform() === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === dataDirectory
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).includes(dataDirectory)
  } catch {
    return false
  }
}

/** The data directory itself, closed to all others; where its path is too long for a socket's, a directory in /tmp. */
function chooseSocketDirectory({ dataDirectory, account }: Home): string {
  if (Buffer.byteLength(join(dataDirectory, '.s.PGSQL.5432')) <= socketPathBytesMax) return dataDirectory
  const directory = mkdtempSync('/tmp/fanfare-')
  if (account !== null) chownSync(directory, account.uid, account.gid)
  return directory
}

/** 107 on Linux, 103 on macOS. */
const socketPathBytesMax = 100
