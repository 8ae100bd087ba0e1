import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastEntries } from '../../src/feeds/last-entries.ts'

const feed = (attributes: string, ...ids: readonly string[]) => ({
  body: Buffer.from(
    `<feed xmlns="http://www.w3.org/2005/Atom"${attributes}><id>f</id>\n${ids.map((id) => `<entry><id>${id}</id></entry>\n`).join('')}</feed>`,
  ),
  contentType: 'application/atom+xml',
})

test('the last entries of a feed are its own first ones, then those that fell off it', () => {
  const documents = [feed('', '4', '3'), feed('', '3', '2'), feed('', '2', '1')]
  assert.equal(String(lastEntries(documents, 1)), String(feed('', '4').body))
  const ids = (count: number) => String(lastEntries(documents, count)).match(/(?<=<id>)\d/g)
  assert.deepEqual(
    [ids(2), ids(3), ids(9)],
    [
      ['4', '3'],
      ['4', '3', '2'],
      ['4', '3', '2', '1'],
    ],
  )
})

test('an entry that would mean something else in the newest publication stays where it was', () => {
  const documents = [feed('', '3'), feed(' xml:lang="de"', '2'), feed('', '1')]
  assert.deepEqual(String(lastEntries(documents, 9)).match(/(?<=<id>)\d/g), ['3', '1'])
})

test('what cannot be cut has no last entries, and says why; an earlier one is passed by', () => {
  const page = { body: Buffer.from('<html/>'), contentType: 'text/html' }
  assert.deepEqual(lastEntries([page, feed('', '1')], 1), { kind: 'whole', why: 'It is no feed.' })
  assert.deepEqual(String(lastEntries([feed('', '2'), page, feed('', '1')], 9)).match(/(?<=<id>)\d/g), ['2', '1'])
})
