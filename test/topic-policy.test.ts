import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePattern } from '../src/keys/pattern.ts'
import { createKey, revokeKey } from '../src/keys/store.ts'
import { isRegistered, unservedTopic } from '../src/topic-policy.ts'
import { testDatabase } from './support/postgres.ts'

const cases: readonly (readonly [pattern: string, topic: string, registered: boolean])[] = [
  ['https://a.example/feed', 'https://a.example/feed', true],
  ['https://a.example/feed', 'HTTPS://A.example:443/%66eed', true],
  ['https://a.example/feed', 'https://a.example/feed/', false],
  ['https://a.example/feed', 'https://a.example/feed?x', false],
  ['https://a.example/feed', 'http://a.example/feed', false],
  ['https://a.example/*', 'https://a.example/', true],
  ['https://a.example/*', 'https://a.example', true],
  ['https://a.example/*', 'https://a.example/any/thing?at=all', true],
  ['https://a.example/*', 'https://a.example:8443/', false],
  ['https://a.example*', 'https://a.example/feed', true],
  ['https://a.example*', 'https://a.example.evil.example/feed', false],
  ['https://a.example*', 'https://a.example@evil.example/feed', false],
  ['https://a.example/blog/*', 'https://a.example/blog/1', true],
  ['https://a.example/blog/*', 'https://a.example/blog', false],
  ['https://a.example/blog/*', 'https://a.example/blogger', false],
  ['https://a.example/blog/*', 'https://a.example/%62log/1', true],
  ['https://a.example/blog/*', 'https://a.example/blog/../private', false],
  ['https://a.example/blog/*', 'https://a.example/blog/%2e%2E/private', false],
  ['https://a.example/blog/*', 'https://a.example/x/../blog/1', false],
  ['https://a.example/f?id=*', 'https://a.example/f?id=7', true],
  ['https://a.example/f?id=*', 'https://a.example/f?ie=7', false],
  ['*', 'https://a.example/', false],
  ['a.example/*', 'https://a.example/', false],
]

test('PUB-15: a topic is registered by what its URL says when parsed, never by what its string begins with', () => {
  for (const [pattern, topic, registered] of cases) {
    assert.equal(isRegistered(topic, [pattern]), registered, `${pattern} and ${topic}`)
  }
  assert.equal(isRegistered('https://b.example/', ['https://a.example/*', 'https://b.example/*']), true)
  assert.equal(isRegistered('https://b.example/', []), false)
})

test('PUB-15: with registered topics those are served that the operator named, or that a key in force is for', async (t) => {
  const { db } = await testDatabase(t)
  const pattern = parsePattern('https://c.example/feeds/*', '--topic')
  const { id } = await createKey(db, { pattern, delivery: null, now: new Date() })
  const closed = {
    TOPIC_POLICY: 'registered',
    TOPICS_REGISTERED: ['https://a.example/*', 'https://b.example/b'],
  } as const
  const unserved = (...topics: string[]) => unservedTopic(db, topics, closed)
  assert.equal(await unserved('https://a.example/a', 'https://b.example/b', 'https://c.example/feeds/c'), null)
  assert.equal(await unserved('https://a.example/a', 'https://c.example/other'), 'https://c.example/other')
  assert.equal(await unserved('https://c.example/feeds/../c'), 'https://c.example/feeds/../c')
  await revokeKey(db, id, { now: new Date() })
  assert.equal(await unserved('https://c.example/feeds/c'), 'https://c.example/feeds/c')
  assert.equal(await unservedTopic(db, ['https://c.example/feeds/c'], { ...closed, TOPIC_POLICY: 'open' }), null)
})
