import assert from 'node:assert/strict'
import { test } from 'node:test'
import fastCheck from 'fast-check'
import { parseTarget } from '../../src/outbound/request-target.ts'

const asGiven: readonly (readonly [url: string, path: string])[] = [
  ['http://h/CB/%7Eu/a%2Fb;p?x=%20y+z', '/CB/%7Eu/a%2Fb;p?x=%20y+z'],
  ['http://h/a/../b/./c', '/a/../b/./c'],
  ['http://h//x//', '//x//'],
  ['http://h/%zz?%', '/%zz?%'],
  ['http://h', '/'],
  ['http://h?', '/?'],
  ['http://h/?a=1&&b=2&', '/?a=1&&b=2&'],
  ["http://h/'|^`{}[]?'|^`{}[]\\", "/'|^`{}[]?'|^`{}[]\\"],
  ['http://h/x#y?z', '/x'],
]

for (const [url, path] of asGiven) {
  test(`VER-08 DIST-11: the path and query of ${url} go out byte for byte (§8.3)`, () => {
    assert.equal(parseTarget(url)?.path, path)
  })
}

test('VER-08: what no request-target may hold is percent-encoded as UTF-8', () => {
  assert.equal(
    parseTarget('http://h/é ü?q="<>"&\u{1f3ba}\ud800')?.path,
    '/%C3%A9%20%C3%BC?q=%22%3C%3E%22&%F0%9F%8E%BA%EF%BF%BD',
  )
  assert.equal(parseTarget(' \n http://h/a\r\nX: b \t')?.path, '/a%0D%0AX:%20b')
  assert.equal(parseTarget('\0\u001fhttp://h/a\u001f\0')?.path, '/a')
  assert.equal(parseTarget('http://h/a\u007f')?.path, '/a%7F')
  for (const none of ['', ' ', '\u00a0http://h/a']) assert.equal(parseTarget(none), undefined)
})

test('VER-06 VER-07: a query is added after the URL’s own, without ?? or && (§5.1.1)', () => {
  const added = (url: string) => parseTarget(url, 'hub.mode=subscribe')?.path
  assert.equal(added('http://h/cb'), '/cb?hub.mode=subscribe')
  assert.equal(added('http://h'), '/?hub.mode=subscribe')
  assert.equal(added('http://h/cb?'), '/cb?hub.mode=subscribe')
  assert.equal(added('http://h/cb?a=%20b'), '/cb?a=%20b&hub.mode=subscribe')
  assert.equal(added('http://h/cb?a=b&'), '/cb?a=b&hub.mode=subscribe')
  assert.equal(added('http://h/cb?a=b#c'), '/cb?a=b&hub.mode=subscribe')
})

test('SEC-01: an address in any disguise is read as the address it is', () => {
  const host = (url: string) => parseTarget(url)?.host
  for (const disguise of ['2130706433', '0x7f.1', '0177.0.0.1', '127.1', '127.0.0.1', '１２７.0.0.1', '0x7F000001']) {
    assert.equal(host(`http://${disguise}/`), '127.0.0.1', disguise)
  }
  assert.equal(host('http://[::ffff:127.0.0.1]/'), '::ffff:7f00:1')
  assert.equal(host('http://[0:0:0:0:0:0:0:1]:8080/'), '::1')
})

test('SEC-01: what is asked and whom is read from the URL in one way only', () => {
  assert.equal(parseTarget('http://good.example\\@evil.example/')?.host, 'good.example')
  assert.equal(parseTarget('http://good.example\\@evil.example/')?.path, '/@evil.example/')
  assert.equal(parseTarget('http://good.example@evil.example/')?.host, 'evil.example')
  for (const url of [
    'ftp://h/',
    'http:h/',
    'http:///h',
    '//h/',
    'h',
    '',
    'http://',
    'http://h:99999/',
    'javascript:1',
  ]) {
    assert.equal(parseTarget(url), undefined, url)
  }
})

test('DIST-11: the port is the scheme’s own or the one given, and https stays https', () => {
  const { secure, port, origin } = parseTarget('https://H.example/x') ?? {}
  assert.deepEqual({ secure, port, origin }, { secure: true, port: 443, origin: 'https://h.example' })
  assert.equal(parseTarget('http://h:80/')?.origin, 'http://h')
  assert.equal(parseTarget('http://[::1]:81/')?.origin, 'http://[::1]:81')
})

test('VER-08: no URL at all gives a request-target with a character that could end it', () => {
  fastCheck.assert(
    fastCheck.property(fastCheck.string({ unit: 'binary' }), fastCheck.string({ unit: 'binary' }), (path, query) => {
      const target = parseTarget(`http://h/${path}?${query}`, 'a=b')
      assert.match(target?.path ?? '/', /^\/[\x21-\x7e]*$/)
    }),
  )
})

test('SEC-10: a long run of spaces inside a URL costs no more than its length', () => {
  const began = performance.now()
  parseTarget(`http://h/${' '.repeat(200_000)}x`)
  assert.ok(performance.now() - began < 1000)
})
