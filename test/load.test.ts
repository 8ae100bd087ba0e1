import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { wholeHub } from './support/hub.ts'
import { until } from './support/until.ts'

const rounds = 10
/** Of each topic in a round, one straight after the other. */
const changes = 3
const paths = (kind: string) => Array.from({ length: 10 }, (_, at) => `/${kind}/${at}`)
const [alone, beside] = [paths('alone'), paths('beside')]
/** A batch that waited for the dead one would take a second, twenty times as long as one that does not. */
const ratioMax = 3

for (const [what, dead] of [
  ['refuses connections', closedPort],
  ['never answers', mutePort],
] as const) {
  test(`DIST-19: topics that change all the time reach a live subscriber about as soon beside one that ${what}`, async (t) => {
    const { subscribe, ping, publisher, subscriber, database } = await wholeHub(t, { running: true })
    for (const path of [...alone, ...beside]) await subscribe(publisher.topic(path), subscriber.callback(path))
    for (const path of beside) await subscribe(publisher.topic(path), subscriber.callback(`/dead${path}`))
    const { db } = database
    const subscriptions = () => db.selectFrom('subscription').select(['id', 'callback']).execute()
    await until(async () => (await subscriptions()).length === alone.length + 2 * beside.length, 'all subscriptions')
    // The dead one confirmed while it was alive.
    const origin = await dead(t)
    for (const { id, callback } of await subscriptions()) {
      const { pathname } = new URL(callback)
      if (!pathname.startsWith('/dead')) continue
      await db
        .updateTable('subscription')
        .set({ callback: `${origin}${pathname}`, origin })
        .where('id', '=', id)
        .execute()
    }

    /** How long it takes until the live subscriber has the newest of each. */
    async function roundMs(topics: readonly string[], round: number): Promise<number> {
      const beganMs = performance.now()
      for (let change = 0; change < changes; change++) {
        for (const path of topics) publisher.publishes(path, `${path} ${round * changes + change}`)
        await ping(...topics.map(publisher.topic))
      }
      const newest = topics.map((path) => `${path} ${round * changes + changes - 1}`)
      await subscriber.until(() => newest.every((text) => subscriber.received.includes(text)), 'the newest of each')
      return performance.now() - beganMs
    }

    await roundMs(beside, 0) // What the dead one has to be found out by.
    const ms = { alone: 0, beside: 0 }
    for (let round = 1; round <= rounds; round++) {
      ms.alone += await roundMs(alone, round)
      ms.beside += await roundMs(beside, round)
    }
    assert.ok(ms.beside < ratioMax * ms.alone, `${ms.beside} ms beside it, ${ms.alone} ms alone`)
    for (const path of beside) {
      const numbers = subscriber.deliveries({ path }).map(({ text }) => Number(text.split(' ')[1]))
      assert.deepEqual(
        numbers,
        numbers.toSorted((some, other) => some - other),
        'never older after newer',
      )
      assert.equal(new Set(numbers).size, numbers.length, 'none twice')
    }
    const behind = await db.selectFrom('backlog').select('subscription_id').execute()
    assert.equal(behind.length, beside.length, 'one row for each that is behind, however much it missed')
  })
}

async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

async function mutePort(t: TestContext): Promise<string> {
  const sockets = new Set<{ destroy(): void }>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}
