import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { databaseTime } from '../../src/db/clock.ts'
import { parsePattern } from '../../src/keys/pattern.ts'
import { createKey } from '../../src/keys/store.ts'
import { wholeHub } from '../support/hub.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'
import { startSubscriber } from '../support/subscriber.ts'
import { environmentOf } from '../support/terminal.ts'
import { until } from '../support/until.ts'

const topic = 'http://events.test/orders'
const facts = 100
const paths = ['/a', '/b', '/c']

test('RETRY-13 FAT-10: through the death of a hub every fact reaches every subscriber, in turn, and is published once', async (t) => {
  const database = await testDatabase(t)
  const subscriber = await startSubscriber(t)
  const first = await startProcess(t, database)
  for (const path of paths)
    await post(first.url, { 'hub.mode': 'subscribe', 'hub.callback': subscriber.callback(path) })
  const subscriptions = () => database.db.selectFrom('subscription').select('id').execute()
  await until(async () => (await subscriptions()).length === paths.length, 'the subscriptions')
  subscriber.answersNext({ status: 503 }, { status: 200 }, { status: 500 }) // Two are behind before it dies.
  const hand = await handing(database)

  const second = await wholeHub(t, { database })
  let hub = first.url
  for (let fact = 1; fact <= facts; fact++) {
    // Whoever gets no answer sends the same again, to the other hub: it cannot know whether it was taken.
    const number = await hand(hub, fact).catch(() => {
      hub = second.url
      return hand(hub, fact)
    })
    assert.equal(number, fact)
    if (fact === facts / 2) await first.kill()
  }
  // The dead process' claims lapse.
  second.world.advance({ minutes: 1 })
  await second.hub.drain()

  for (const path of paths) {
    const arrived = subscriber.deliveries({ path }).filter(({ status }) => status === 200)
    const numbers = arrived.map((seen) => Number(seen.header('fanfare-number')))
    assert.equal(numbers[0], 1, path)
    assert.equal(numbers.at(-1), facts, path)
    for (const [at, number] of numbers.entries()) {
      const before = numbers[at - 1] ?? 0
      assert.ok(number === before || number === before + 1, `${path}: ${number} after ${before}`)
      assert.equal(arrived[at]?.text, `fact ${number}`)
    }
    assert.ok(
      numbers.length - facts <= 1,
      `${path}: what was in flight may come twice, and ${numbers.length - facts} did`,
    )
  }
})

/** A hub in a process of its own. */
async function startProcess(t: TestContext, database: TestDatabase) {
  const port = await freePort()
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, 'serve'], {
    env: { PATH: process.env.PATH, ...environmentOf(database), PORT: String(port), LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(child, 'exit')
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return {
    url: `http://localhost:${port}/`,
    async kill() {
      child.kill('SIGKILL')
      await exit
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function post(hub: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const answer = await fetch(hub, { method: 'POST', body: new URLSearchParams({ 'hub.topic': topic, ...fields }) })
  assert.equal(answer.status, 202)
}

/** Hands over a fact under an Idempotency-Key of its own, and says which number it got. */
async function handing({ db }: TestDatabase): Promise<(hub: string, fact: number) => Promise<number>> {
  const pattern = parsePattern(topic, '--topic')
  const { secret } = await createKey(db, { pattern, delivery: 'every', now: await databaseTime(db) })
  return async (hub, fact) => {
    const headers = { Authorization: `Bearer ${secret}`, Link: `<${topic}>; rel="self"`, 'Content-Type': 'text/plain' }
    const mark = { 'Idempotency-Key': `fact-${fact}` }
    const answer = await fetch(hub, { method: 'POST', body: `fact ${fact}`, headers: { ...headers, ...mark } })
    assert.equal(answer.status, 202)
    return Number(answer.headers.get('fanfare-number'))
  }
}
