import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { KnobName, Knobs } from './settings.ts'

export interface OwnHub {
  readonly url: string
  readonly knobs: Knobs
  stop(): Promise<void>
}

/** It could not be started, and what it said. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted'
}

const startsWithinMs = 60_000

/** The same hub set otherwise, by the knob that names it. */
const otherwise = {
  closedHub: { TOPIC_POLICY: 'registered' },
  strictHub: { TOPIC_STRICT: 'on' },
  reducingHub: { FEED_DELIVERY: 'new-entries' },
  fragmentHub: { FRAGMENT_TOPICS: 'on' },
  movedHub: {}, // To the hub itself, whose port is not known yet.
  // Who is reached by another name than localhost is on the Internet, and calls no private address.
  publicHub: { HUB_URL: 'https://hub.example/' },
} as const satisfies Partial<Record<KnobName, NodeJS.ProcessEnv>>

/**
 * Starts this project's hub with settings that make waits short.
 *
 * @param wanted the knobs that will be needed: of the same hub in other settings, those that they name are started beside it
 * @param keyedUrl what a publisher's key is made for, if that is wanted: everything beneath this URL
 */
export async function startOwnHub(wanted: ReadonlySet<KnobName>, keyedUrl: string): Promise<OwnHub> {
  const names = (Object.keys(otherwise) as (keyof typeof otherwise)[]).filter((name) => wanted.has(name))
  const port = await freePort()
  const settingsOf = (name: (typeof names)[number]) =>
    name === 'movedHub' ? { MOVED_TO: `http://localhost:${port}/` } : otherwise[name]
  const others = names.map(async (name) => start({ ...quickEnvironment, ...settingsOf(name) }, await freePort()))
  const starting = [start(quickEnvironment, port), ...others]
  const stop = async () => {
    const started = await Promise.allSettled(starting)
    await Promise.all(started.map((each) => (each.status === 'fulfilled' ? each.value.stop() : undefined)))
  }
  try {
    const [hub, ...beside] = await Promise.all(starting)
    if (hub === undefined) throw new NotStarted('No hub was started.')
    const { url, aliasUrl, restartCommand } = hub
    const key = wanted.has('publisherKey') ? { publisherKey: await hub.createKey(keyedUrl) } : {}
    const otherUrls = Object.fromEntries(names.map((name, at) => [name, beside[at]?.url]))
    return { url, knobs: { ...quickKnobs, ...otherUrls, ...key, aliasUrl, restartCommand }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Started {
  readonly url: string
  readonly aliasUrl: string
  readonly restartCommand: string
  createKey(url: string): Promise<string>
  stop(): Promise<void>
}

/**
 * Starts a hub on data of its own. It can be killed by `restartCommand` and is then started again; where it ends otherwise, it
 * stays ended.
 */
async function start(settings: NodeJS.ProcessEnv, port: number): Promise<Started> {
  const directory = mkdtempSync(join(tmpdir(), 'hub-under-test-'))
  const pidFile = `${directory}.pid`
  const aliasUrl = `http://127.0.0.1:${port}/`
  const url = `http://localhost:${port}/`
  const environment = { ...settings, PORT: String(port), DATA_DIR: directory, HUB_URL_ALIASES: aliasUrl }
  let hub: ChildProcess
  async function begin(): Promise<void> {
    const launched = launch(environment)
    hub = launched.hub
    await ready(hub, url, launched.said)
    writeFileSync(pidFile, String(hub.pid))
    hub.once('exit', (_, signal) => {
      if (signal === 'SIGKILL' && !existsSync(pidFile)) begin().catch(() => {}) // The command fails then.
    })
  }
  const stop = async () => {
    await end(hub)
    for (const path of [directory, pidFile]) rmSync(path, { recursive: true, force: true })
  }
  try {
    await begin()
  } catch (error) {
    await stop()
    throw error
  }
  const createKey = (topics: string) => createKeyWith(environment, topics)
  return { url, aliasUrl, restartCommand: restartCommand(pidFile), createKey, stop }
}

// Without the launcher that people use: it outlives the hub, and would be what is killed.
const main = fileURLToPath(new URL(`../src/main${extname(import.meta.url)}`, import.meta.url))

function launch(environment: NodeJS.ProcessEnv): { readonly hub: ChildProcess; readonly said: readonly string[] } {
  const hub = spawn(process.execPath, [main, 'serve'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  for (const stream of [hub.stdout, hub.stderr]) stream.on('data', (chunk) => said.push(String(chunk)))
  return { hub, said }
}

/** As its operator would: the key is what the command prints. */
async function createKeyWith(environment: NodeJS.ProcessEnv, topics: string): Promise<string> {
  const words = [main, 'key', 'create', '--topic', topics]
  const { stdout } = await promisify(execFile)(process.execPath, words, { env: { ...process.env, ...environment } })
  return stdout.trim()
}

/** That the file is gone tells that the end was wanted; once it is there again the hub runs. Fails after a minute. */
function restartCommand(pidFile: string): string {
  const isBack = `[ -e '${pidFile}' ]`
  return `pid=$(cat '${pidFile}') && rm '${pidFile}' && kill -9 $pid && n=0 &&
    until ${isBack} || [ $n -ge 600 ]; do n=$((n + 1)); sleep 0.1; done; ${isBack}`
}

const quickEnvironment = {
  HUB_URL: '',
  HOST: '',
  DATABASE_URL: '',
  LEASE_SECONDS_MIN: '1',
  RETRY_SCHEDULE: '500ms,1s,1s',
  ATTEMPT_TIMEOUT: '8s',
  VERIFY_TIMEOUT: '3s',
  SYNC_VERIFY_TIMEOUT: '2s',
  FETCH_TIMEOUT: '3s',
  LOG_LEVEL: 'silent',
}

/** What those settings come to; a retry waits a quarter longer at most. */
const quickKnobs: Knobs = {
  retryWithinMs: 2000,
  givesUpWithinMs: 5000,
  deliveryTimeoutMs: 8000,
  verifyTimeoutMs: 3000,
  fetchTimeoutMs: 3000,
  contentBytesMax: 10 * 1024 ** 2,
}

async function ready(hub: ChildProcess, url: string, said: readonly string[]): Promise<void> {
  const until = performance.now() + startsWithinMs
  while (performance.now() < until) {
    if (hub.exitCode !== null) break
    const answer = await fetch(new URL('/health/ready', url)).catch(() => undefined)
    if (answer?.ok) return
    await pause(100)
  }
  throw new NotStarted(`This project’s hub did not start:\n${said.join('')}`)
}

async function end(hub: ChildProcess): Promise<void> {
  if (hub.exitCode !== null || hub.signalCode !== null) return
  const gone = once(hub, 'exit')
  hub.kill('SIGTERM')
  await gone
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
