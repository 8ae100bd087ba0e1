import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface BenchedHub {
  readonly url: string
  readonly readyMs: number
  /** What its process, without Postgres, has in memory; Linux only. */
  residentBytes(): number
  /** Its process, to which there is a channel. */
  readonly child: ChildProcess
  stop(): Promise<void>
}

export interface BenchSettings {
  /** Where the Fanfare that is measured lies; by default this one. */
  readonly checkout?: string
  /** What Node is told besides. */
  readonly nodeOptions?: readonly string[]
}

/** A hub in a process of its own, on its embedded Postgres, without rates; resolves when it is ready. */
export async function startHub(
  dataDirectory: string,
  environment: Readonly<Record<string, string>> = {},
  { checkout = ownCheckout, nodeOptions = [] }: BenchSettings = {},
): Promise<BenchedHub> {
  const port = await freePort()
  const beganMs = performance.now()
  const child = spawn(process.execPath, [...nodeOptions, join(checkout, 'src/main.ts'), 'serve'], {
    env: {
      ...process.env,
      PORT: String(port),
      DATA_DIR: dataDirectory,
      LOG_LEVEL: 'error',
      RATE_SUBSCRIBE: '1000000/1s',
      RATE_VERIFY: '1000000/1s',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const url = `http://localhost:${port}/`
  while (!(await isReady(url))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`No hub starts in ${checkout}.`)
    await pause(20)
  }
  return {
    url,
    child,
    residentBytes: () => residentBytes(child.pid),
    readyMs: performance.now() - beganMs,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

function isReady(url: string): Promise<boolean> {
  return fetch(`${url}health/ready`).then(
    ({ ok }) => ok,
    () => false,
  )
}

/** The checkout this file is part of. */
export const ownCheckout = fileURLToPath(new URL('../../', import.meta.url))

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function residentBytes(pid: number | undefined): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
  return Number(kilobytes) * 1024
}
