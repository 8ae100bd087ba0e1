import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseForm } from '../../src/form.ts'
import { changedTopics } from '../../src/publishing/request.ts'
import { RequestRefused } from '../../src/refusal.ts'

const a = 'http://t.example/a'
const b = 'http://t.example/b'
const encodedA = encodeURIComponent(a)
const encodedB = encodeURIComponent(b)

const accepted: readonly (readonly [rule: string, body: string, topics: readonly string[]])[] = [
  ['PUB-02: hub.url', `hub.url=${encodedA}`, [a]],
  ['PUB-03: hub.topic', `hub.topic=${encodedA}`, [a]],
  ['PUB-05: repeated', `hub.url=${encodedA}&hub.url=${encodedB}`, [a, b]],
  ['PUB-05: hub.url[]', `hub.url[]=${encodedA}&hub.url%5B%5D=${encodedB}`, [a, b]],
  ['PUB-05: hub.url[0], as PHP writes lists', `hub.url%5B0%5D=${encodedA}&hub.url[12]=${encodedB}`, [a, b]],
  [
    'PUB-05 A-24: both names, duplicates once',
    `hub.url=${encodedA}&hub.topic=${encodedA}&hub.topic=${encodedB}`,
    [a, b],
  ],
  ['PUB-05 A-10: duplicates by comparison', `hub.url=${encodedA}&hub.url=HTTP%3A%2F%2Ft.example%3A80%2F%2561`, [a]],
  ['PUB-06: joined by commas', `hub.url=${encodedA},${encodedB}`, [a, b]],
  [
    'PUB-06: joined, small hex, https',
    'hub.url=https%3a%2f%2ft.example%2fa,http%3a%2f%2ft.example%2fb',
    ['https://t.example/a', b],
  ],
  ['PUB-06: joined, not encoded', `hub.url=${a},${b}`, [a, b]],
  ['PUB-06: an escaped comma is part of the URL', 'hub.url=http%3A%2F%2Ft.example%2Fa%2Cb', ['http://t.example/a,b']],
  ['PUB-06: an escaped comma before a scheme too', `hub.url=${encodedA}%2C${encodedB}`, [`${a},${b}`]],
  ['PUB-06: a bare comma before no scheme too', 'hub.url=http%3A%2F%2Ft.example%2Fa,b', ['http://t.example/a,b']],
  [
    'PUB-19: other fields are ignored',
    `hub.mode=publish&hub.url=${encodedA}&hub.callback=http://c.example/&foo=1`,
    [a],
  ],
  ['PUB-20: a star is no wildcard', 'hub.url=http://t.example/*', ['http://t.example/*']],
  ['PUB-21: both names are two topics', `hub.topic=${encodedA}&hub.url=${encodedB}`, [a, b]],
  ['A-27: an empty field counts as absent', `hub.url=&hub.topic=${encodedA}`, [a]],
]

for (const [rule, body, topics] of accepted) {
  test(`${rule}`, () => assert.deepEqual(changedTopics(parseForm(body)), topics))
}

test('PUB-06: a multipart field is split at the same commas and its escapes stay', () => {
  const raw = 'http://t.example/%7Ea,http://t.example/b'
  const form = [{ name: 'hub.url', value: raw, raw }]
  assert.deepEqual(changedTopics(form), ['http://t.example/%7Ea', b])
})

const refused: readonly (readonly [rule: string, body: string, parameter: string])[] = [
  ['PUB-09: no URL', 'hub.mode=publish', 'hub.url'],
  ['PUB-09: an empty one', 'hub.url=', 'hub.url'],
  ['PUB-09: not http', 'hub.topic=ftp%3A%2F%2Ft.example%2F', 'hub.topic'],
  ['PUB-18 A-26: one malformed among several', `hub.url=${encodedA}&hub.url=nonsense`, 'hub.url'],
  ['PUB-18: one malformed among joined', `hub.url=${encodedA},http://`, 'hub.url'],
  ['SEC-12: a line break', 'hub.url=http%3A%2F%2Ft.example%2F%250d%250aX%3A1', 'hub.url'],
]

for (const [rule, body, parameter] of refused) {
  test(`${rule} is refused by a sentence that names ${parameter}`, () => {
    assert.throws(() => changedTopics(parseForm(body)), isRefusal(400, parameter))
  })
}

test('PUB-09 PUB-17: a thousand topics are taken, one more is too many', () => {
  const body = (count: number) => Array.from({ length: count }, (_, at) => `hub.url=${encodedA}${at}`).join('&')
  assert.equal(changedTopics(parseForm(body(1000))).length, 1000)
  assert.throws(() => changedTopics(parseForm(body(1001))), isRefusal(400, 'hub.url'))
})

function isRefusal(status: number, parameter: string) {
  return (error: unknown) => {
    assert.ok(error instanceof RequestRefused)
    assert.deepEqual([error.status, error.parameter], [status, parameter])
    assert.match(error.message, new RegExp(parameter.replaceAll('.', '\\.')))
    return true
  }
}
