import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { comparisonForm, originOf, urlKey } from '../src/url-key.ts'

for (const [some, other] of [
  ['http://T.example/', 'http://t.example/'],
  ['HTTP://t.example/', 'http://t.example/'],
  ['http://t.example:80/', 'http://t.example/'],
  ['https://t.example:443/', 'https://t.example/'],
  ['http://t.example', 'http://t.example/'],
  ['http://t.example?q', 'http://t.example/?q'],
  ['http://t.example/%7Ea', 'http://t.example/~a'],
  ['http://t.example/%2d%2E%5f', 'http://t.example/-._'],
  ['http://t.example/%2f', 'http://t.example/%2F'],
  ['http://t.example/é', 'http://t.example/%C3%A9'],
  ['http://t.example/%c3%a9', 'http://t.example/é'],
  ['http://t.example/\u212a', 'http://t.example/%E2%84%AA'],
  ['http://t.example/%%37E', 'http://t.example/%257E'],
  ['http://t.example/a b"<>`', 'http://t.example/a%20b%22%3C%3E%60'],
  ['http://bücher.example/', 'http://xn--bcher-kva.example/'],
] as const) {
  test(`SUB-23 A-10: ${some} is ${other}`, () => {
    assert.equal(comparisonForm(some), comparisonForm(other))
    assert.deepEqual(urlKey(some), urlKey(other))
  })
}

for (const [some, other] of [
  ['http://t.example/a%2Fb', 'http://t.example/a/b'],
  ['http://t.example/a', 'http://t.example/a/'],
  ['http://t.example/', 'https://t.example/'],
  ['http://t.example/A', 'http://t.example/a'],
  ['http://t.example/?a=1&b=2', 'http://t.example/?b=2&a=1'],
  ['http://t.example/?', 'http://t.example/'],
  ['http://t.example/a/../b', 'http://t.example/b'],
  ['http://t.example/%20', 'http://t.example/+'],
  ['http://t.example:8080/', 'http://t.example/'],
  ['http://t.example/%%37E', 'http://t.example/%7E'],
  ['http://t.example/%25%37E', 'http://t.example/~'],
] as const) {
  test(`A-10: ${some} is not ${other}`, () => {
    assert.notEqual(comparisonForm(some), comparisonForm(other))
  })
}

for (const [url, origin] of [
  ['http://T.example/x', 'http://t.example:80'],
  ['https://t.example', 'https://t.example:443'],
  ['https://t.example:8443/?q', 'https://t.example:8443'],
  ['http://[::1]/', 'http://[::1]:80'],
] as const) {
  test(`the origin of ${url} is ${origin}`, () => {
    assert.equal(originOf(url), origin)
  })
}

const piece = fc.oneof(
  fc.constantFrom('%', '%7', '%7e', '%37', '%2f', '%25', '7E', '/', '..', '?', '&', '~'),
  fc.string({ unit: 'binary' }),
)
const url = fc.array(piece).map((pieces) => `http://t.example/${pieces.join('')}`)

test('A-10: the comparison form of a comparison form is itself, and printable ASCII', () => {
  fc.assert(
    fc.property(url, (url) => {
      const form = comparisonForm(url)
      assert.match(form, /^[\x21-\x7e]+$/)
      assert.equal(comparisonForm(form), form)
    }),
  )
})

test('SUB-23 A-10: any unreserved character and its escape are one, any reserved one and its escape are two', () => {
  const escaped = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  fc.assert(
    fc.property(url, fc.constantFrom(...'AZaz09-._~'), fc.constantFrom(...":/?#[]@!$&'()*+,;="), (url, one, two) => {
      assert.deepEqual(urlKey(`${url}-${one}`), urlKey(`${url}-${escaped(one)}`))
      assert.notDeepEqual(urlKey(`${url}-${two}`), urlKey(`${url}-${escaped(two)}`))
    }),
  )
})
