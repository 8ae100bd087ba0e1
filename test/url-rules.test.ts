import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestRefused } from '../src/refusal.ts'
import { checkedUrl } from '../src/url-rules.ts'

for (const url of [
  'http://t.example/',
  'https://t.example:8443/a/%2Fb?x=%20y+z&',
  'http://t.example/CB/%7Eu/a;p?',
  'http://t.example/?tab=%09&%0c',
  'http://127.0.0.1:9/cb',
  'http://[::1]/',
  'http://bücher.example/é',
  `http://t.example/${'a'.repeat(2048 - 'http://t.example/'.length)}`,
]) {
  test(`SUB-11 SUB-24 SUB-29: ${url.slice(0, 60)} is taken as given`, () => {
    assert.equal(checkedUrl(url, 'hub.topic'), url)
  })
}

for (const [id, what, url] of [
  ['SUB-12', 'no URL', 'nonsense'],
  ['SUB-12', 'a relative URL', '/feed'],
  ['SUB-12', 'ftp', 'ftp://t.example/'],
  ['SUB-12', 'file', 'file:///etc/passwd'],
  ['SUB-12', 'javascript', 'javascript:alert(1)'],
  ['SUB-12', 'data', 'data:text/plain,x'],
  ['SUB-12', 'no host', 'http://'],
  ['SUB-12', 'no host but a path', 'http:///feed'],
  ['SUB-12', 'a port beyond 65535', 'http://t.example:70000/'],
  ['SUB-12', 'port 0', 'http://t.example:0/'],
  ['SUB-12', 'a backslash', 'http://t.example\\@evil.example/'],
  ['SUB-12', 'a broken escape', 'http://t.example/%zz'],
  ['SUB-29', 'over 2048 characters', `http://t.example/${'a'.repeat(2048)}`],
  ['SUB-32', 'a fragment', 'http://t.example/#x'],
  ['SUB-32', 'an empty fragment', 'http://t.example/#'],
  ['SUB-33', 'a user and password', 'http://u:p@t.example/'],
  ['SUB-33', 'an empty user', 'http://@t.example/'],
  ['SEC-12', 'a line break', 'http://t.example/\r\nX: 1'],
  ['SEC-12', 'an escaped line break', 'http://t.example/%0d%0aX:1'],
  ['SEC-12', 'NUL', 'http://t.example/\0'],
  ['SEC-12', 'an escaped NUL', 'http://t.example/%00'],
  ['SEC-12', 'a space', 'http://t.example/a b'],
  ['SEC-12', 'half a surrogate pair', 'http://t.example/\ud800'],
] as const) {
  test(`${id}: ${what} is refused with a sentence that names the parameter`, () => {
    assert.throws(
      () => checkedUrl(url, 'hub.callback'),
      (error) =>
        error instanceof RequestRefused &&
        error.status === 400 &&
        error.parameter === 'hub.callback' &&
        /^hub\.callback [^\n]+\.$/.test(error.message),
    )
  })
}
