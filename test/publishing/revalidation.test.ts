import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { fetchHeaders, isNew, validatorsOf } from '../../src/publishing/revalidation.ts'

const now = new Date('2026-11-21T10:00:00Z')

function answered(fields: Readonly<Record<string, string>>) {
  return validatorsOf(new Map(Object.entries(fields).map(([name, value]) => [name, [value]])), now)
}

test('FETCH-03: both validators are kept as they came and sent back', () => {
  const kept = answered({ etag: 'W/"a b"', 'last-modified': 'Tue, 03 Nov 2026 08:00:00 GMT' })
  assert.deepEqual(kept, { etag: 'W/"a b"', lastModified: 'Tue, 03 Nov 2026 08:00:00 GMT' })
  const { 'If-None-Match': etag, 'If-Modified-Since': since } = fetchHeaders(kept, { pinged: true })
  assert.deepEqual([etag, since], ['W/"a b"', 'Tue, 03 Nov 2026 08:00:00 GMT'])
})

test('FETCH-03 FETCH-04 FETCH-05: without validators a fetch asks for whatever there is, past caches', () => {
  assert.deepEqual(fetchHeaders(answered({}), { pinged: true }), { Accept: '*/*', 'Cache-Control': 'no-cache' })
})

test('FETCH-03: content modified just now is asked for again in full, by the clock of its own server', () => {
  const none = { etag: null, lastModified: null }
  const [modified, date] = ['Sat, 21 Nov 2026 10:00:00 GMT', 'Sat, 21 Nov 2026 10:00:01 GMT']
  assert.deepEqual(answered({ etag: '"1"', 'last-modified': modified }), none)
  assert.deepEqual(answered({ etag: '"1"', 'last-modified': modified, date }), none)
  const later = { etag: '"1"', 'last-modified': modified, date: 'Sat, 21 Nov 2026 10:00:02 GMT' }
  assert.deepEqual(answered(later), { etag: '"1"', lastModified: modified })
})

test('FETCH-03: what is empty, boundless or no date does no harm', () => {
  assert.deepEqual(answered({ etag: '', 'last-modified': '' }), { etag: null, lastModified: null })
  assert.deepEqual(answered({ etag: `"${'x'.repeat(5000)}"` }), { etag: null, lastModified: null })
  assert.deepEqual(answered({ etag: '"1"', 'last-modified': 'yesterday' }), { etag: '"1"', lastModified: 'yesterday' })
})

test('FETCH-11 FETCH-15 FETCH-16: new is other bytes, another type, another self link, other hubs or another order of them', () => {
  const body = Buffer.from('body')
  const sha256 = createHash('sha256').update(body).digest()
  const content = { body, sha256, contentType: 'text/plain', selfUrl: 'http://t/', hubUrls: ['http://h/', 'http://g/'] }
  const newest = { ...content, number: 1, contentId: 1 }
  assert.equal(isNew(content, newest), false)
  assert.equal(isNew(content, null), true)
  assert.equal(isNew({ ...content, sha256: Buffer.alloc(32) }, newest), true)
  assert.equal(isNew({ ...content, contentType: 'text/plain; charset=utf-8' }, newest), true)
  assert.equal(isNew({ ...content, selfUrl: 'http://t/?' }, newest), true)
  assert.equal(isNew({ ...content, hubUrls: ['http://h/'] }, newest), true)
  assert.equal(isNew({ ...content, hubUrls: ['http://g/', 'http://h/'] }, newest), true)
})
