import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { wholeHub } from './support/hub.ts'

const topics = Array.from({ length: 10 }, (_, at) => `/topic/${at}`)
const changes = 40
const changeEveryMs = 100

for (const [what, dead] of [
  ['refuses connections', closedPort],
  ['never answers', mutePort],
] as const) {
  test(`ten topics that change every 100 ms: the live subscriber has the newest of each within a second, beside one that ${what}`, async (t) => {
    const { subscribe, ping, publisher, subscriber, database } = await wholeHub(t, { running: true })
    const origin = await dead(t)
    // The dead one confirmed while it was alive.
    const deadCallback = (path: string) => `${origin}${path}`
    for (const path of topics) {
      await subscribe(publisher.topic(path), subscriber.callback(path))
      await subscribe(publisher.topic(path), subscriber.callback(`/dead${path}`))
    }
    const db = database.db
    const count = () =>
      db
        .selectFrom('subscription')
        .select(({ fn }) => fn.countAll<number>().as('all'))
        .executeTakeFirstOrThrow()
    while ((await count()).all < 2 * topics.length) await pause(20)
    for (const path of topics) {
      await db
        .updateTable('subscription')
        .set({ callback: deadCallback(path), origin })
        .where('callback', '=', subscriber.callback(`/dead${path}`))
        .execute()
    }

    const publishedMs = new Map<string, number>()
    const lateMs: number[] = []
    const seen = new Set<number>()
    for (let change = 0; change < changes; change++) {
      for (const path of topics) {
        const content = `${path} ${change}`
        publisher.publishes(path, content)
        publishedMs.set(content, performance.now())
      }
      await Promise.all(topics.map((path) => ping(publisher.topic(path))))
      look()
      await pause(changeEveryMs)
    }
    const newest = topics.map((path) => `${path} ${changes - 1}`)
    await subscriber.until(() => {
      look()
      return newest.every((content) => subscriber.received.includes(content))
    }, 'the newest of each topic')
    lateMs.sort((some, other) => some - other)
    assert.ok((lateMs.at(-1) ?? 0) < 1000, `the latest came after ${lateMs.at(-1)?.toFixed(0)} ms`)
    for (const path of topics) {
      const numbers = subscriber.deliveries({ path }).map(({ text }) => Number(text.split(' ')[1]))
      assert.deepEqual(
        numbers,
        numbers.toSorted((some, other) => some - other),
        'never older after newer',
      )
      assert.ok(numbers.length > changes / 4, `${numbers.length} of ${changes} changes came`)
    }

    /** A delivery is as late as the newest content it could have carried is old. */
    function look(): void {
      subscriber.deliveries().forEach((delivery, at) => {
        if (seen.has(at)) return
        seen.add(at)
        lateMs.push(performance.now() - (publishedMs.get(delivery.text) ?? 0))
      })
    }
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
