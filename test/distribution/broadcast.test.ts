import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { distributing } from './setup.ts'

test('DIST-01 DIST-02 DIST-13: every subscription gets the bytes of a publication, once', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, owing } = await distributing(t)
  const id = await topic()
  for (const path of ['/a', '/b', '/c']) await subscribe(id, subscriber.callback(path))
  const body = Buffer.from([0, 1, 2, 0xff, 0x0d, 0x0a, 0xef, 0xbb, 0xbf])
  await publish(id, body)
  await drain()
  const deliveries = subscriber.deliveries()
  assert.deepEqual(deliveries.map(({ path }) => path).sort(), ['/a', '/b', '/c'])
  for (const delivery of deliveries) assert.deepEqual(delivery.body, body)
  assert.deepEqual(await owing(), { broadcasts: 0, batches: 0, backlog: 0 })
})

test('DIST-03 DIST-05 DIST-06 DIST-07 DIST-08 DIST-12 DIST-17 DIST-22 PSH-14: a delivery carries the type as it came, both links in one field, and nothing in its URL', async (t) => {
  const { topic, subscribe, publish, drain, subscriber } = await distributing(t)
  const id = await topic()
  const subscription = await subscribe(id, subscriber.callback('/cb?xhub.subscription=abc&z=%20+y'))
  await publish(id, 'content')
  await drain()
  const [delivery] = subscriber.deliveries()
  assert.equal(delivery?.target, '/cb?xhub.subscription=abc&z=%20+y')
  const fields = new Map(delivery?.rawHeaders)
  assert.equal(fields.get('Content-Type'), 'text/plain;charset=UTF-8')
  assert.equal(fields.get('Link'), '<http://publisher.test/topic>; rel="self", <http://hub.test/>; rel="hub"')
  assert.equal(delivery?.rawHeaders.filter(([name]) => name === 'Link').length, 1)
  assert.equal(delivery?.header('content-length'), '7')
  assert.equal(delivery?.header('transfer-encoding'), undefined)
  assert.equal(delivery?.header('expect'), undefined)
  assert.equal(delivery?.header('content-encoding'), undefined)
  assert.match(delivery?.header('user-agent') ?? '', /^Fanfare/)
  assert.equal(fields.get('Fanfare-Notification'), `${subscription}-1`)
  assert.equal(fields.get('Fanfare-Number'), '1')
  assert.equal(fields.get('Fanfare-Attempt'), '1')
  assert.match(fields.get('Fanfare-Timestamp') ?? '', /^\d{10}$/)
})

for (const algorithm of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
  test(`SIG-01 SIG-03 SIG-04 SIG-05 SIG-06 SIG-08: a ${algorithm} signature is over the very bytes, with the secret's UTF-8 bytes as key`, async (t) => {
    const { topic, subscribe, publish, drain, subscriber } = await distributing(t)
    const id = await topic()
    const secret = 'a+b%20&=é ß'
    await subscribe(id, subscriber.callback(), { secret, algorithm })
    await publish(id, 'signed content\r\n')
    await drain()
    const [delivery] = subscriber.deliveries()
    const hex = createHmac(algorithm, Buffer.from(secret, 'utf8')).update('signed content\r\n').digest('hex')
    assert.equal(delivery?.header('x-hub-signature'), `${algorithm}=${hex}`)
    assert.equal(
      delivery?.rawHeaders.some(([name]) => name === 'X-Hub-Signature'),
      true,
    )
  })
}

test('SIG-02 SIG-12 SIG-13: each subscriber has its own signature, and without a secret there is none', async (t) => {
  const { topic, subscribe, publish, drain, subscriber } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback('/a'), { secret: 'one' })
  await subscribe(id, subscriber.callback('/b'), { secret: 'two' })
  await subscribe(id, subscriber.callback('/none'))
  await publish(id, 'content')
  await drain()
  const signatureAt = (path: string) => subscriber.deliveries({ path })[0]?.header('x-hub-signature')
  const hmac = (secret: string) => `sha256=${createHmac('sha256', secret).update('content').digest('hex')}`
  assert.equal(signatureAt('/a'), hmac('one'))
  assert.equal(signatureAt('/b'), hmac('two'))
  assert.equal(signatureAt('/none'), undefined)
  assert.deepEqual(
    subscriber.deliveries({ path: '/none' })[0]?.rawHeaders.filter(([name]) => /signature/i.test(name)),
    [],
  )
})

test('A-40: who subscribes gets nothing until something is published after it', async (t) => {
  const { topic, subscribe, publish, drain, subscriber } = await distributing(t)
  const id = await topic()
  await publish(id, 'before')
  await drain()
  await subscribe(id, subscriber.callback())
  await drain()
  assert.deepEqual(subscriber.received, [])
  await publish(id, 'after')
  await drain()
  assert.deepEqual(subscriber.received, ['after'])
})

test('A-40: who subscribes while a publication is on its way gets the next one', async (t) => {
  const { topic, subscribe, publish, drain, subscriber } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback('/before'))
  await publish(id, 'first')
  await subscribe(id, subscriber.callback('/after'))
  await drain()
  assert.deepEqual(
    subscriber.deliveries().map(({ path }) => path),
    ['/before'],
  )
})

test('DIST-13: what the backlog has carried to a number already, no broadcast carries there again', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, db } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback('/waits'))
  const carried = await subscribe(id, subscriber.callback('/carried'))
  await publish(id, 'first')
  await db.updateTable('subscription').set({ through: 1 }).where('id', '=', carried).execute()
  await drain()
  assert.deepEqual(
    subscriber.deliveries().map(({ path }) => path),
    ['/waits'],
  )
})

test('DIST-14 LEASE-02: an ended lease gets nothing', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, world } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback('/short'), { leaseSeconds: 60 })
  await subscribe(id, subscriber.callback('/long'), { leaseSeconds: 3600 })
  world.advance({ minutes: 2 })
  await publish(id, 'content')
  await drain()
  assert.deepEqual(
    subscriber.deliveries().map(({ path }) => path),
    ['/long'],
  )
})

test('RETRY-01 RETRY-15: any 2xx is success, whatever its body, even an endless one', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, owing } = await distributing(t)
  const id = await topic()
  for (const status of [200, 201, 202, 204, 299]) {
    await subscribe(id, subscriber.callback(`/${status}`))
    subscriber.answers({ status, ...(status === 204 ? {} : { body: 'anything' }) }, { path: `/${status}` })
  }
  await subscribe(id, subscriber.callback('/endless'))
  subscriber.answers({ fault: 'endless' }, { path: '/endless' })
  await publish(id, 'content')
  await drain()
  assert.equal(subscriber.deliveries().length, 6)
  assert.deepEqual(await owing(), { broadcasts: 0, batches: 0, backlog: 0 })
})

test('RETRY-07 RETRY-18 A-20: 410 ends the subscription at once and silently', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, db, recorded } = await distributing(t)
  const id = await topic()
  await subscribe(id, subscriber.callback())
  subscriber.answers({ status: 410 })
  await publish(id, 'first')
  await drain()
  assert.equal((await db.selectFrom('subscription').selectAll().execute()).length, 0)
  await publish(id, 'second')
  await drain()
  assert.deepEqual(subscriber.received, ['first'])
  assert.equal(subscriber.requests.length, 1)
  assert.equal(recorded.of('gone').length, 1)
})

test('a topic of thousands is carried range by range, each subscription once', async (t) => {
  const { topic, subscribe, publish, drain, subscriber, owing } = await distributing(t)
  const id = await topic()
  const paths = Array.from({ length: 1000 }, (_, i) => `/${i}`)
  for (const path of paths) await subscribe(id, subscriber.callback(path))
  await publish(id, 'content')
  await drain()
  assert.deepEqual(
    subscriber
      .deliveries()
      .map(({ path }) => path)
      .sort(),
    paths.sort(),
  )
  assert.deepEqual(await owing(), { broadcasts: 0, batches: 0, backlog: 0 })
})
