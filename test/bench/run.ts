import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { startHub } from './hub.ts'
import { startPublisher } from './publisher.ts'

/**
 * `npm run bench [subscribers]`: a hub of its own on its embedded Postgres, a publisher, and callbacks in a thread of their
 * own, all on this machine; about a minute. It prints seconds to ready, milliseconds from ping to delivery on an idle hub,
 * and deliveries a second of one topic to many subscribers, signed, 4 KiB.
 */
const subscribers = Number(process.argv[2] ?? 20_000)
const pings = 100
const rounds = 3

console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`)
const directory = mkdtempSync(join(tmpdir(), 'fanfare-bench-'))
const receiver = await startReceiver()
const publisher = await startPublisher()
const hub = await startHub(directory)
try {
  console.log(`ready after ${(hub.readyMs / 1000).toFixed(2)} s, the data directory made on the way`)
  await measurePings()
  if (subscribers > 1) await measureDeliveries()
} finally {
  await hub.stop()
  publisher.close()
  await receiver.stop()
  rmSync(directory, { recursive: true, force: true })
}

async function measurePings(): Promise<void> {
  await subscribeMany('/idle', 1)
  const took: number[] = []
  for (let number = 0; number < pings; number++) {
    publisher.content = `content ${number}`.padEnd(4096, '.')
    receiver.expect(1)
    const beganMs = performance.timeOrigin + performance.now()
    await post({ 'hub.mode': 'publish', 'hub.url': publisher.topic('/idle') })
    took.push((await receiver.all()) - beganMs)
    await pause(20)
  }
  took.sort((some, other) => some - other)
  const at = (share: number) => (took[Math.floor(took.length * share)] ?? Number.NaN).toFixed(1)
  console.log(
    `ping to delivery, idle: median ${at(0.5)} ms, 90 % ${at(0.9)} ms, worst ${at(0.999)} ms (${pings} pings)`,
  )
}

async function measureDeliveries(): Promise<void> {
  await subscribeMany('/many', subscribers)
  for (let round = 1; round <= rounds; round++) {
    publisher.content = `round ${round}`.padEnd(4096, '.')
    receiver.expect(subscribers)
    const beganMs = performance.timeOrigin + performance.now()
    await post({ 'hub.mode': 'publish', 'hub.url': publisher.topic('/many') })
    const tookMs = (await receiver.all()) - beganMs
    console.log(
      `round ${round}: ${subscribers} deliveries in ${tookMs.toFixed(0)} ms, ${Math.round((subscribers / tookMs) * 1000)} a second`,
    )
    await pause(1000)
  }
}

async function subscribeMany(path: string, count: number): Promise<void> {
  receiver.expectChallenges(count)
  const beganMs = performance.now()
  for (let done = 0; done < count; done += 200) {
    const some = Array.from({ length: Math.min(200, count - done) }, (_, at) => done + at)
    await Promise.all(
      some.map((at) =>
        post({
          'hub.mode': 'subscribe',
          'hub.topic': publisher.topic(path),
          'hub.callback': `${receiver.url}${path}/${at}`,
          'hub.secret': `secret ${at}`,
        }),
      ),
    )
  }
  await receiver.challenged()
  await pause(500) // The last verifications are being committed.
  console.log(`${count} subscribed and verified in ${((performance.now() - beganMs) / 1000).toFixed(1)} s`)
}

async function post(fields: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(hub.url, { method: 'POST', body: new URLSearchParams({ ...fields }) })
  await answer.arrayBuffer()
  if (answer.status !== 202 && answer.status !== 204) throw new Error(`The hub answered ${answer.status}.`)
}

/** Callbacks in a thread of their own: as little work as a receiver can have, so that the hub is what is measured. */
async function startReceiver() {
  const worker = new Worker(new URL('./receiver.ts', import.meta.url))
  const [{ port }] = (await once(worker, 'message')) as [{ port: number }]
  const done = async (kind: string) => {
    for (;;) {
      const [message] = (await once(worker, 'message')) as [{ kind: string; atMs: number }]
      if (message.kind === kind) return message.atMs
    }
  }
  let deliveries: Promise<number> = Promise.resolve(0)
  let challenges: Promise<number> = Promise.resolve(0)
  return {
    url: `http://127.0.0.1:${port}`,
    expect(count: number) {
      deliveries = done('deliveries')
      worker.postMessage({ kind: 'deliveries', count })
    },
    /** When the last of the expected deliveries came. */
    all: () => deliveries,
    expectChallenges(count: number) {
      challenges = done('challenges')
      worker.postMessage({ kind: 'challenges', count })
    },
    challenged: () => challenges,
    stop: () => worker.terminate(),
  }
}
