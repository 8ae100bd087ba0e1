import assert from 'node:assert/strict'
import { test } from 'node:test'
import { covers, describePattern, parsePattern } from '../../src/keys/pattern.ts'
import { RequestRefused } from '../../src/refusal.ts'

const cases: readonly (readonly [pattern: string, topic: string, covered: boolean])[] = [
  // One topic.
  ['https://example.org/feed', 'https://example.org/feed', true],
  ['https://example.org/feed', 'https://example.org/feed?page=2', false],
  ['https://example.org/feed', 'https://example.org/feed/', false],
  ['https://example.org/feed', 'https://example.org/feeds', false],
  ['https://example.org/feed?id=1', 'https://example.org/feed?id=1', true],
  ['https://example.org/feed?u=https://a/', 'https://example.org/feed?u=https://a/b', false],
  // A whole origin.
  ['https://example.org', 'https://example.org/', true],
  ['https://example.org', 'https://example.org', true],
  ['https://example.org/', 'https://example.org/any/thing?x', true],
  ['https://example.org/*', 'https://example.org?x', true],
  // Everything beneath a path, at a segment's boundary.
  ['https://example.org/blog/*', 'https://example.org/blog/2026/a', true],
  ['https://example.org/blog/', 'https://example.org/blog/2026/a', true],
  ['https://example.org/blog/*', 'https://example.org/blog/', true],
  ['https://example.org/blog/*', 'https://example.org/blog/?page=2', true],
  ['https://example.org/blog/*', 'https://example.org/blog', false],
  ['https://example.org/blog/*', 'https://example.org/blogger/a', false],
  ['https://example.org/blog/*', 'https://example.org/Blog/a', false],
  // The same however it is spelled.
  ['HTTPS://Example.ORG:443/blog/*', 'https://example.org/blog/a', true],
  ['https://example.org/*', 'https://EXAMPLE.org:443/a', true],
  ['https://example.org/%62log/*', 'https://example.org/b%6Cog/a', true],
  ['https://xn--bcher-kva.example/*', 'https://bücher.example/a', true],
  ['https://example.org/a%2fb/*', 'https://example.org/a%2Fb/c', true],
  // Another origin.
  ['https://example.org/*', 'http://example.org/a', false],
  ['https://example.org/*', 'https://example.org:8443/a', false],
  ['https://example.org/*', 'https://www.example.org/a', false],
  ['https://example.org/*', 'https://example.org.evil.example/a', false],
  ['https://example.org/*', 'https://example.organic/a', false],
  // What leads out again.
  ['https://example.org/blog/*', 'https://example.org/blog/../private', false],
  ['https://example.org/blog/*', 'https://example.org/blog/%2e%2E/private', false],
  ['https://example.org/blog/*', 'https://example.org/blog/..%2fprivate', false],
  ['https://example.org/blog/*', 'https://example.org/blog/a%2F..%2F..%2Fprivate', false],
  ['https://example.org/blog/*', 'https://example.org/blog/..%5cprivate', false],
  ['https://example.org/blog/*', 'https://example.org/x/../blog/a', false],
  ['https://example.org/blog/*', 'https://example.org//blog/a', false],
  ['https://example.org/blog/*', 'https://example.org/blog/a/../b', true],
]

test('FAT-02: a key covers a topic by what both URLs say when parsed, never by what a string begins with', () => {
  for (const [pattern, topic, covered] of cases) {
    assert.equal(covers(parsePattern(pattern, '--topic'), topic), covered, `${pattern} and ${topic}`)
  }
})

test('a pattern is shown as it may be written, and read as the same again', () => {
  for (const [pattern] of cases) {
    const parsed = parsePattern(pattern, '--topic')
    assert.deepEqual(parsePattern(describePattern(parsed), '--topic'), parsed)
  }
  assert.equal(describePattern(parsePattern('https://Example.org:443', '--topic')), 'https://example.org/*')
  assert.equal(describePattern(parsePattern('http://example.org:8080/feed', '--topic')), 'http://example.org:8080/feed')
})

test('FAT-02: a pattern that could mean more than its writer thought is refused with what would be right', () => {
  for (const [pattern, sentence] of [
    ['*', /^--topic may hold one \*/],
    ['https://*', /^--topic may hold one \*/],
    ['https://*.example.org/*', /^--topic may hold one \*/],
    ['https://example.org*', /^--topic may hold one \*/],
    ['https://example.org/blog*', /^--topic may hold one \*/],
    ['https://example.org/*/feed', /^--topic may hold one \*/],
    ['https://example.org/**', /^--topic may hold one \*/],
    ['https://example.org/feed?id=*', /^--topic may hold one \*/],
    ['https://example.org/feed?a=/*', /^--topic may hold one \*/],
    ['https://example.org/blog/../*', /^--topic must be written without/],
    ['https://example.org/%2e%2e/feed', /^--topic must be written without/],
    ['https://example.org@evil.example/*', /user name or password/],
    ['ftp://example.org/*', /must be an absolute URL/],
    ['https://example.org/feed#a', /fragment/],
    ['', /must be an absolute URL/],
  ] as const) {
    assert.throws(
      () => parsePattern(pattern, '--topic'),
      (error) => {
        assert.ok(error instanceof RequestRefused, pattern)
        assert.match(error.message, sentence, pattern)
        return true
      },
    )
  }
})
