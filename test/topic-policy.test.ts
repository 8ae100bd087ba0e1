import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRegistered } from '../src/topic-policy.ts'

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
