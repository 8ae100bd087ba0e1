import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distributing } from './setup.ts'

test('a stop begins nothing more, and leaves what it did not send to whoever is next, untried', async (t) => {
  const { topic, subscribe, publish, subscriber, distribution, drain, another, owing, bell } = await distributing(t, {
    IN_FLIGHT_MAX: '1',
  })
  const rung: string[] = []
  bell.onRing((duty) => rung.push(duty))
  const id = await topic()
  for (const path of ['/a', '/b', '/c', '/d']) await subscribe(id, subscriber.callback(path))
  subscriber.answers({ fault: 'hang' })
  await publish(id, 'content')
  const [broadcast] = distribution.duties
  await broadcast?.turn(new AbortController().signal)
  await subscriber.until(() => subscriber.deliveries().length === 1, 'the first')
  rung.length = 0
  await distribution.stop(0)
  assert.equal(subscriber.deliveries().length, 1)
  assert.ok(rung.includes('reclaim'), 'the others need not wait until they look')

  subscriber.answers({ status: 200 })
  await drain(another())
  const again = subscriber.deliveries().slice(1)
  assert.deepEqual(again.map(({ path }) => path).sort(), ['/a', '/b', '/c', '/d'])
  assert.deepEqual(new Set(again.map((each) => each.header('fanfare-attempt'))), new Set(['1']))
  assert.deepEqual(await owing(), { broadcasts: 0, batches: 0, backlog: 0 })
})

test('a stop lets go of retries that wait for their turn, with no try spent', async (t) => {
  const { topic, subscribe, publish, subscriber, distribution, drain, another, owing, world } = await distributing(t, {
    IN_FLIGHT_MAX: '1',
  })
  const id = await topic()
  for (const path of ['/a', '/b', '/c']) await subscribe(id, subscriber.callback(path))
  subscriber.answers({ status: 404 })
  await publish(id, 'content')
  await drain()
  world.advance({ seconds: 7 })
  subscriber.answers({ fault: 'hang' })
  await distribution.duties.find(({ name }) => name === 'catch-up')?.turn(new AbortController().signal)
  await subscriber.until(() => subscriber.deliveries().length === 4, 'the first retry')
  await distribution.stop(0)
  assert.equal(subscriber.deliveries().length, 4)

  subscriber.answers({ status: 200 })
  world.advance({ seconds: 2 })
  await drain(another())
  const again = subscriber.deliveries().slice(4)
  assert.deepEqual(again.map(({ path }) => path).sort(), ['/a', '/b', '/c'])
  assert.deepEqual(new Set(again.map((each) => each.header('fanfare-attempt'))), new Set(['2']))
  assert.deepEqual(await owing(), { broadcasts: 0, batches: 0, backlog: 0 })
})
