import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startHub } from './hub.ts'
import { startPublisher } from './publisher.ts'

/**
 * `node test/bench/streams.ts [streams]`: what idle streams cost a hub of its own (resident memory of its process), as
 * Server-Sent Events and as WebSockets, and how long a publication takes from the ping to the last of them. About a minute.
 */
const streams = Number(process.argv[2] ?? 1000)
const pings = 20

console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`)
const directory = mkdtempSync(join(tmpdir(), 'fanfare-bench-'))
const publisher = await startPublisher()
const hub = await startHub(directory, {
  STREAMS_MAX: String(2 * streams),
  STREAMS_PER_ADDRESS_MAX: String(2 * streams),
})
let received = 0
let complete = () => {}
try {
  await ping('/warm') // So that the code is there, and what is measured is streams.
  await settle()
  await measure('Server-Sent Events', openEvents)
  await measure('WebSockets', openSocket)
} finally {
  await hub.stop()
  publisher.close()
  rmSync(directory, { recursive: true, force: true })
}

async function measure(kind: string, open: (path: string) => Promise<() => void>): Promise<void> {
  const closers = await openMany(open, 10)
  for (let warmUp = 0; warmUp < 3; warmUp++) await ping('/many', 10)
  await settle()
  const before = hub.residentBytes()
  closers.push(...(await openMany(open, streams - 10)))
  await settle()
  const after = hub.residentBytes()
  const mebibytes = (bytes: number) => (bytes / 1024 ** 2).toFixed(1)
  console.log(
    `${streams} idle ${kind}: ${mebibytes(after - before)} MiB (${mebibytes(before)} before, ${mebibytes(after)} after)`,
  )
  const took: number[] = []
  for (let number = 0; number < pings; number++) took.push(await ping('/many', streams))
  took.sort((some, other) => some - other)
  const at = (share: number) => took[Math.floor(took.length * share)]?.toFixed(0)
  console.log(
    `  ping to the last of ${streams}: median ${at(0.5)} ms, worst ${at(0.99)} ms; now ${mebibytes(hub.residentBytes())} MiB`,
  )
  for (const close of closers) close()
  await settle()
}

async function openMany(open: (path: string) => Promise<() => void>, count: number): Promise<(() => void)[]> {
  const closers: (() => void)[] = []
  while (closers.length < count) {
    const some = Math.min(100, count - closers.length)
    closers.push(...(await Promise.all(Array.from({ length: some }, () => open('/many')))))
  }
  return closers
}

async function openEvents(path: string): Promise<() => void> {
  const asked = get(`${hub.url}stream?topic=${publisher.topic(path)}`, { agent: false })
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  if (answer.statusCode !== 200) throw new Error(`The hub answered ${answer.statusCode}.`)
  answer.on('data', (chunk: Buffer) => {
    if (chunk.includes('event: notification')) count()
  })
  return () => asked.destroy()
}

async function openSocket(path: string): Promise<() => void> {
  const socket = new WebSocket(`${hub.url.replace('http', 'ws')}stream?topic=${publisher.topic(path)}`)
  await once(socket, 'open')
  socket.addEventListener('message', count)
  return () => socket.close()
}

function count(): void {
  received += 1
  complete()
}

/** @returns milliseconds until so many have it */
async function ping(path: string, expected = 0): Promise<number> {
  publisher.content = `${path} ${performance.now()}`.padEnd(4096, '.')
  received = 0
  const all = new Promise<void>((resolve) => {
    complete = () => {
      if (received >= expected) resolve()
    }
    complete()
  })
  const beganMs = performance.now()
  await fetch(hub.url, {
    method: 'POST',
    body: new URLSearchParams({ 'hub.mode': 'publish', 'hub.url': publisher.topic(path) }),
  })
  await all
  return performance.now() - beganMs
}

/** Until what was allocated meanwhile is collected, or as good as. */
function settle(): Promise<void> {
  return pause(5000)
}
