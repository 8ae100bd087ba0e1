import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createWaiting } from '../../src/subscribing/waiting.ts'
import { type WholeHubOptions, wholeHub } from '../support/hub.ts'

/** A hub, and clients that send `hub.verify=sync` alone. */
async function withSync(t: TestContext, { environment, ...options }: WholeHubOptions = {}) {
  const whole = await wholeHub(t, { ...options, environment: { SYNC_VERIFY_TIMEOUT: '60s', ...environment } })
  const topic = whole.publisher.topic('/feed')
  const asks = (mode: 'subscribe' | 'unsubscribe', callback: string, more: Readonly<Record<string, string>> = {}) =>
    whole[mode](topic, callback, { 'hub.verify': 'sync', ...more })
  return {
    ...whole,
    topic,
    callback: whole.subscriber.callback(),
    subscribes: (callback: string, more = {}) => asks('subscribe', callback, more),
    unsubscribes: (callback: string) => asks('unsubscribe', callback),
    subscribed: async () =>
      (await whole.database.db.selectFrom('subscription').select('callback').execute()).map(({ callback }) => callback),
  }
}

/** What holds an answer of a subscriber until it is let go. */
function gate(t: TestContext) {
  const { promise, resolve } = Promise.withResolvers<void>()
  t.after(() => resolve())
  return { held: { echo: 200, type: null, until: promise }, release: resolve }
}

test('PSH-05 PSH-15 A-03 A-33: hub.verify=sync alone is answered 204 once the callback agreed, and it is asked no more', async (t) => {
  const { subscribes, unsubscribes, subscribed, drain, subscriber, callback } = await withSync(t)
  const answer = await subscribes(callback, { 'hub.verify_token': 'a&b' })
  assert.deepEqual([answer.status, await answer.text()], [204, ''])
  assert.deepEqual(await subscribed(), [callback])
  assert.equal(subscriber.verifications()[0]?.parameter('hub.verify_token'), 'a&b')
  await drain()
  assert.equal(subscriber.verifications().length, 1)

  assert.equal((await unsubscribes(callback)).status, 204)
  assert.deepEqual(await subscribed(), [])
  await drain()
  assert.deepEqual(
    subscriber.verifications().map((each) => each.parameter('hub.mode')),
    ['subscribe', 'unsubscribe'],
  )
})

test('PSH-05 DEN-01 VER-20: a callback that refuses is answered 409 with the reason, changes nothing and is told no denial', async (t) => {
  const { subscribes, unsubscribes, subscribed, drain, subscriber, callback } = await withSync(t)
  const answers = [
    ['refuse', /does not agree.*404/],
    ['wrong', /body is not the hub\.challenge/],
    [{ status: 301, headers: { Location: '/elsewhere' } }, /answered 301/],
  ] as const
  for (const [at, [answer, sentence]] of answers.entries()) {
    subscriber.verifiesNext(answer)
    const refused = await subscribes(subscriber.callback(`/${at}`))
    assert.deepEqual([refused.status, refused.headers.get('content-type')], [409, 'text/plain; charset=utf-8'])
    assert.match(await refused.text(), sentence)
  }
  assert.deepEqual(await subscribed(), [])

  await subscribes(callback)
  subscriber.verifiesNext('refuse')
  assert.equal((await unsubscribes(callback)).status, 409)
  assert.deepEqual(await subscribed(), [callback])
  await drain()
  assert.equal(subscriber.requests.length, answers.length + 2)
})

test('PSH-05 PSH-15: a callback that can answer only after its request was answered is waited for, and asked once', async (t) => {
  const { subscribes, subscribed, drain, subscriber, callback } = await withSync(t, {
    environment: { SYNC_VERIFY_TIMEOUT: '300ms' },
  })
  const { held, release } = gate(t)
  subscriber.verifies(held)
  const answer = await subscribes(callback)
  assert.equal(answer.status, 202)
  assert.match(await answer.text(), /asked on/)
  assert.deepEqual(await subscribed(), [])
  release()
  await drain()
  assert.deepEqual(await subscribed(), [callback])
  assert.equal(subscriber.verifications().length, 1)
})

test('PSH-05 VER-19: a callback in trouble has not refused: 202, and it is asked again', async (t) => {
  const { subscribes, subscribed, drain, subscriber, callback, world } = await withSync(t)
  subscriber.verifiesNext({ status: 503 })
  assert.equal((await subscribes(callback)).status, 202)
  await drain()
  assert.deepEqual(await subscribed(), [])
  world.advance({ seconds: 40 })
  await drain()
  assert.deepEqual(await subscribed(), [callback])
  assert.equal(subscriber.verifications().length, 2)
})

test('PSH-01 SUB-15: hub.verify in any other form waits for nothing', async (t) => {
  const { post, hub, topic, callback, subscriber } = await withSync(t, { running: true })
  subscriber.verifies({ fault: 'hang' })
  for (const words of [
    [],
    ['async'],
    ['sync', 'async'],
    ['async', 'sync'],
    ['sync,async'],
    ['SYNC'],
    ['later'],
    [''],
  ]) {
    const { status } = await post([
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.callback', callback],
      ...words.map((word) => ['hub.verify', word] as const),
    ])
    assert.equal(status, 202, String(words))
  }
  await hub.stop()
})

test('PSH-05 SUB-22: the newest request wins: whoever waits for an older one is answered 202', async (t) => {
  const { subscribes, subscribe, drain, hub, topic, subscriber, callback, database } = await withSync(t)
  const { held, release } = gate(t)
  subscriber.verifiesNext(held)
  const older = subscribes(callback, { 'hub.lease_seconds': '3600' })
  await subscriber.until(() => subscriber.verifications().length === 1, 'the first question')
  assert.equal((await subscribe(topic, callback, { 'hub.lease_seconds': '7200' })).status, 202)
  release()
  assert.equal((await older).status, 202)
  await hub.drain()
  await drain()
  const { lease_seconds } = await database.db
    .selectFrom('subscription')
    .select('lease_seconds')
    .executeTakeFirstOrThrow()
  assert.equal(lease_seconds, 7200)
})

test('PSH-05: a request is verified inline in place of one that waits for its next try', async (t) => {
  const { subscribes, subscribed, subscriber, callback, world, database } = await withSync(t)
  subscriber.verifiesNext({ status: 503 })
  assert.equal((await subscribes(callback)).status, 202)
  world.advance({ seconds: 2 })
  assert.equal((await subscribes(callback)).status, 204)
  assert.deepEqual(await subscribed(), [callback])
  assert.deepEqual(await database.db.selectFrom('verification').selectAll().execute(), [])
})

test('PSH-05 VER-27: repeats within a second share one question, which is not asked inline', async (t) => {
  const { subscribes, subscribed, drain, subscriber, callback } = await withSync(t)
  const { held, release } = gate(t)
  subscriber.verifiesNext(held)
  const first = subscribes(callback)
  await subscriber.until(() => subscriber.verifications().length === 1, 'the first question')
  const repeats = await Promise.all(Array.from({ length: 50 }, () => subscribes(callback)))
  assert.deepEqual([...new Set(repeats.map(({ status }) => status))], [202])
  release()
  assert.equal((await first).status, 202)
  await drain()
  assert.deepEqual(await subscribed(), [callback])
  assert.equal(subscriber.verifications().length, 2)
})

test('PSH-05 SUB-31: a hub that stops answers whoever waits 202, and the next hub asks again', async (t) => {
  const one = await withSync(t)
  one.subscriber.verifiesNext({ fault: 'hang' })
  const waits = one.subscribes(one.callback)
  await one.subscriber.until(() => one.subscriber.verifications().length === 1, 'the first question')
  await one.hub.stop()
  assert.equal((await waits).status, 202)
  const two = await wholeHub(t, { database: one.database, world: one.world })
  await two.drain()
  assert.deepEqual(await one.subscribed(), [one.callback])
})

test('PSH-05 SUB-31: of a hub that died while its client waited the claim lapses, and the next hub asks again', async (t) => {
  const one = await withSync(t)
  one.subscriber.verifiesNext({ fault: 'hang' })
  const waits = one.subscribes(one.callback).catch(() => null)
  await one.subscriber.until(() => one.subscriber.verifications().length === 1, 'the first question')
  const two = await wholeHub(t, { database: one.database, world: one.world })
  await two.drain()
  assert.equal(one.subscriber.verifications().length, 1, 'nobody else asks while the claim holds')
  one.world.advance({ seconds: 30 })
  await two.drain()
  assert.deepEqual(await one.subscribed(), [one.callback])
  await one.hub.stop()
  await waits
  assert.deepEqual(await one.subscribed(), [one.callback])
})

test('PSH-05: a client that goes away changes nothing', async (t) => {
  const { url, subscribed, drain, topic, callback, subscriber, recorded } = await withSync(t)
  const { held, release } = gate(t)
  subscriber.verifiesNext(held)
  const away = new AbortController()
  const body = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.topic': topic,
    'hub.callback': callback,
    'hub.verify': 'sync',
  })
  const waits = fetch(url, { method: 'POST', body, signal: away.signal })
  await subscriber.until(() => subscriber.verifications().length === 1, 'the question')
  away.abort()
  await assert.rejects(waits)
  release()
  await drain()
  assert.deepEqual(await subscribed(), [callback])
  assert.deepEqual(recorded.of('requestFailed'), [])
})

test('PSH-05 VER-27: a host beyond its rate, and an origin with no room, are asked later: 202 at once', async (t) => {
  const limited = await withSync(t, { environment: { RATE_VERIFY: '1/10s' } })
  assert.equal((await limited.subscribes(limited.subscriber.callback('/a'))).status, 204)
  assert.equal((await limited.subscribes(limited.subscriber.callback('/b'))).status, 202)

  const { subscribes, subscriber } = await withSync(t)
  const { held, release } = gate(t)
  subscriber.verifies(held)
  const waiting = Array.from({ length: 32 }, (_, at) => subscribes(subscriber.callback(`/${at}`)))
  await subscriber.until(() => subscriber.verifications().length === 32, 'the origin’s room is taken')
  assert.equal((await subscribes(subscriber.callback('/later'))).status, 202)
  release()
  for (const answer of await Promise.all(waiting)) assert.equal(answer.status, 204)
})

test('PSH-05 VAL-02 DEN-01 A-29: what the hub denies is told by a 409 alone, without a call', async (t) => {
  const closed = await withSync(t, { environment: { TOPIC_POLICY: 'registered' } })
  const foreign = await closed.subscribes(closed.callback)
  assert.equal(foreign.status, 409)
  assert.match(await foreign.text(), /does not serve the topic/)
  await closed.drain()
  assert.equal(closed.subscriber.requests.length, 0)

  const strict = await withSync(t, { environment: { TOPIC_STRICT: 'on' } })
  strict.publisher.publishes('/feed', 'content', { hubs: ['https://another.example/'] })
  const unnamed = await strict.subscribes(strict.callback)
  assert.equal(unnamed.status, 409)
  assert.match(await unnamed.text(), /does not name this hub/)
  await strict.drain()
  assert.equal(strict.subscriber.requests.length, 0)
  strict.publisher.publishes('/feed', 'content')
  assert.equal((await strict.subscribes(strict.callback)).status, 204)
})

test('clients that wait are bounded, and told once', async () => {
  const waiting = createWaiting(60_000)
  const entered = Array.from({ length: 65 }, (_, at) => waiting.enter(String(at)))
  assert.deepEqual([entered.filter((each) => each !== null).length, entered[64]], [64, null])
  waiting.take('0')?.({ kind: 'confirmed' })
  assert.equal(waiting.take('0'), null)
  assert.deepEqual(await entered[0]?.outcome, { kind: 'confirmed' })
  assert.notEqual(waiting.enter('again'), null)
  waiting.close()
  assert.deepEqual(await entered[1]?.outcome, { kind: 'undecided' })
  assert.equal(waiting.enter('late'), null)
})
