import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPublisher } from './publisher.ts'
import { startSubscriber } from './subscriber.ts'

test('a publisher answers what a test scripts: one-off answers first, then what stands, 304 to whoever has it', async (t) => {
  const publisher = await startPublisher(t, { hubUrl: 'http://hub.example/' })
  publisher.publishes('/a', 'one', { etag: true, type: 'text/plain' })
  publisher.answersNext('/a', { status: 500 })
  assert.equal((await fetch(publisher.topic('/a'))).status, 500)

  const first = await fetch(publisher.topic('/a'))
  assert.equal(await first.text(), 'one')
  assert.equal(first.headers.get('content-type'), 'text/plain')
  assert.equal(first.headers.get('link'), `<http://hub.example/>; rel="hub", <${publisher.topic('/a')}>; rel="self"`)

  const known = { headers: { 'If-None-Match': first.headers.get('etag') ?? '' } }
  assert.equal((await fetch(publisher.topic('/a'), known)).status, 304)
  publisher.publishes('/a', 'two', { etag: true })
  assert.equal(await (await fetch(publisher.topic('/a'), known)).text(), 'two')
  assert.equal((await fetch(publisher.topic('/b'))).status, 404)
  assert.deepEqual(
    publisher.fetches('/a').map((seen) => seen.status),
    [500, 200, 304, 200],
  )
})

test('a held answer is the one of the moment it was asked for', async (t) => {
  const publisher = await startPublisher(t)
  publisher.publishes('/a', 'old')
  const gate = publisher.holds('/a')
  const held = fetch(publisher.topic('/a'))
  await publisher.until(() => publisher.fetches('/a').length === 1, 'the fetch came')
  publisher.publishes('/a', 'new')
  assert.equal(await (await fetch(publisher.topic('/a'))).text(), 'new')
  gate.release()
  assert.equal(await (await held).text(), 'old')
})

test('every fault of a peer is one the client sees', async (t) => {
  const publisher = await startPublisher(t)
  for (const fault of ['truncate', 'abort', 'reset'] as const) {
    publisher.answers(`/${fault}`, { body: 'x'.repeat(1000), fault })
    await assert.rejects(async () => (await fetch(publisher.topic(`/${fault}`))).text(), fault)
  }
  for (const fault of ['hang', 'hang-body', 'endless'] as const) {
    publisher.answers(`/${fault}`, { body: 'x'.repeat(1000), fault })
    const signal = AbortSignal.timeout(200)
    await assert.rejects(async () => (await fetch(publisher.topic(`/${fault}`), { signal })).text(), fault)
  }
  publisher.answers('/drip', { body: 'slow', fault: 'drip' })
  assert.equal(await (await fetch(publisher.topic('/drip'))).text(), 'slow')
})

test('a subscriber confirms, takes deliveries, and shows both as they came', async (t) => {
  const subscriber = await startSubscriber(t)
  const challenge = await fetch(`${subscriber.callback('/cb?k=%7E7')}&hub.mode=subscribe&hub.challenge=abc`)
  assert.equal(await challenge.text(), 'abc')
  assert.equal(subscriber.verifications()[0]?.target, '/cb?k=%7E7&hub.mode=subscribe&hub.challenge=abc')

  subscriber.verifiesNext('refuse', 'wrong')
  assert.equal((await fetch(subscriber.callback('/cb?hub.challenge=abc'))).status, 404)
  assert.notEqual(await (await fetch(subscriber.callback('/cb?hub.challenge=abc'))).text(), 'abc')

  subscriber.answersNext({ status: 503, headers: { 'Retry-After': '7' } })
  subscriber.answers({ status: 410 }, { path: '/gone' })
  const post = (path: string, body: string) => fetch(subscriber.callback(path), { method: 'POST', body })
  assert.equal((await post('/cb', 'first')).headers.get('retry-after'), '7')
  assert.equal((await post('/cb', 'again')).status, 200)
  assert.equal((await post('/gone', 'other')).status, 410)
  assert.deepEqual(subscriber.received, ['first', 'again', 'other'])
  assert.equal(subscriber.deliveries({ path: '/gone' }).length, 1)
})
