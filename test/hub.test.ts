import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wholeHub } from './support/hub.ts'

test('a subscription’s whole life: subscribed, verified, delivered, unsubscribed', async (t) => {
  const { subscribe, unsubscribe, ping, drain, publisher, subscriber } = await wholeHub(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'first')
  assert.equal((await subscribe(topic, subscriber.callback())).status, 202)
  await drain()
  assert.equal(subscriber.verifications().length, 1)
  assert.equal((await ping(topic)).status, 204)
  await drain()
  assert.deepEqual(subscriber.received, ['first'])
  publisher.publishes('/feed', 'second')
  await ping(topic)
  await drain()
  assert.deepEqual(subscriber.received, ['first', 'second'])
  assert.equal((await unsubscribe(topic, subscriber.callback())).status, 202)
  await drain()
  publisher.publishes('/feed', 'third')
  await ping(topic)
  await drain()
  assert.deepEqual(subscriber.received, ['first', 'second'])
})

test('a running hub does all of it by itself', async (t) => {
  const { subscribe, ping, publisher, subscriber, database } = await wholeHub(t, { running: true })
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'content')
  await subscribe(topic, subscriber.callback(), { 'hub.secret': 's3cr3t' })
  await subscriber.until(() => subscriber.verifications()[0]?.ended === true, 'the verification')
  while ((await database.db.selectFrom('subscription').select('id').execute()).length === 0);
  await ping(topic)
  await subscriber.until(() => subscriber.received.length === 1, 'the delivery')
  assert.deepEqual(subscriber.received, ['content'])
})
