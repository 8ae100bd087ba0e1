import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../src/config.ts'
import { deliveredLinks, namedLinks } from '../../src/publishing/links.ts'

const config = readConfig({
  HUB_URL: 'https://hub.example/',
  HUB_URL_ALIASES: 'http://hub.example/,https://www.hub.example/hub',
})
const topic = 'https://t.example/feed'

const hubs: readonly (readonly [rule: string, named: readonly string[], delivered: readonly string[]])[] = [
  ['A-13: none named: our own URL', [], ['https://hub.example/']],
  ['A-13: ours, letter for letter', ['HTTPS://Hub.example:443'], ['HTTPS://Hub.example:443']],
  ['A-13: by an alias of ours', ['https://www.hub.example/hub'], ['https://www.hub.example/hub']],
  [
    'A-13: a trailing slash is another URL',
    ['https://www.hub.example/hub/'],
    ['https://hub.example/', 'https://www.hub.example/hub/'],
  ],
  [
    'DIST-24: ours first, others after it',
    ['https://o.example/', 'https://hub.example/'],
    ['https://hub.example/', 'https://o.example/'],
  ],
  [
    'MIG-10: others only: our own URL before them',
    ['https://o.example/'],
    ['https://hub.example/', 'https://o.example/'],
  ],
]

for (const [rule, named, delivered] of hubs) {
  test(`rel=hub, ${rule}`, () => {
    assert.deepEqual(deliveredLinks({ self: null, hubs: named }, topic, config).hubUrls, delivered)
  })
}

test('A-14: rel=self is what the answer names, else the topic', () => {
  assert.equal(deliveredLinks({ self: null, hubs: [] }, topic, config).selfUrl, topic)
  assert.equal(deliveredLinks({ self: 'https://t.example/x', hubs: [] }, topic, config).selfUrl, 'https://t.example/x')
})

test('SEC-12: links that no header or table could hold are not taken', () => {
  const bad = [
    'https://t.example/\0',
    'https://t.example/\r\nX: 1',
    `https://t.example/${'x'.repeat(2048)}`,
    'https://t.example/\ud800',
  ]
  for (const url of bad) {
    assert.deepEqual(namedLinks({ self: url, hubs: [url, 'https://o.example/'], selves: 1 }), {
      self: null,
      hubs: ['https://o.example/'],
    })
  }
})

test('DIST-24: of a thousand hubs ten are passed on', () => {
  const many = Array.from({ length: 1000 }, (_, at) => `https://o.example/${at}`)
  assert.equal(namedLinks({ self: null, hubs: many, selves: 0 }).hubs.length, 10)
})
