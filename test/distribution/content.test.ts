import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Db } from '../../src/db/schema.ts'
import { readAlongBytesMax, readBody } from '../../src/distribution/content-store.ts'
import { readPublication } from '../../src/distribution/publication-store.ts'
import { originOf, urlKey } from '../../src/url-key.ts'
import { testDatabase } from '../support/postgres.ts'

const mib = 1024 ** 2

/** A topic whose numbers have content of these lengths, made in Postgres, no two pieces of it the same. */
async function withContent(db: Db, lengths: readonly number[]): Promise<number> {
  const url = 'https://publisher.example/'
  const topic = { key: urlKey(url), url, origin: originOf(url), newest: lengths.length }
  const { id: topicId } = await db.insertInto('topic').values(topic).returning('id').executeTakeFirstOrThrow()
  for (const [at, bytes] of lengths.entries()) {
    await sql`
      with body as (
        select substring(string_agg(sha256(int4send(part)), '' order by part) from 1 for ${bytes}::int) as body
        from generate_series(1, ${bytes}::int / 32 + 1) part
      ), content as (
        insert into content (sha256, body) select sha256(body), body from body returning id
      )
      insert into publication (topic_id, number, content_id, content_type, self_url, hub_urls, published_at)
      select ${topicId}, ${at + 1}, id, 'text/plain', ${url}, ${[url]}::text[], now() from content
    `.execute(db)
  }
  return topicId
}

test('content of whatever length is read as it was stored', async (t) => {
  const { db } = await testDatabase(t)
  const lengths = [1, readAlongBytesMax, readAlongBytesMax + 1, 2 * readAlongBytesMax, 3 * readAlongBytesMax + 7]
  const topicId = await withContent(db, lengths)
  const stored = await db.selectFrom('content').select('sha256').orderBy('id').execute()
  for (const [at, bytes] of lengths.entries()) {
    const publication = await readPublication(db, { topicId, number: at + 1 })
    const read = publication?.body ?? Buffer.alloc(0)
    assert.equal(read.length, bytes)
    assert.equal(createHash('sha256').update(read).digest('hex'), stored[at]?.sha256.toString('hex'), `${bytes} bytes`)
  }
})

test('large content is read without being several times in memory', async (t) => {
  const { db } = await testDatabase(t)
  const topicId = await withContent(db, [readAlongBytesMax, 32 * mib])
  await readPublication(db, { topicId, number: 1 }) // So that the code is there.
  const before = process.memoryUsage().rss
  const publication = await readPublication(db, { topicId, number: 2 })
  const grown = process.resourceUsage().maxRSS * 1024 - before
  assert.equal(publication?.body.length, 32 * mib)
  // Itself, and what came off the socket and was not collected yet; read as one value it took 221 MiB.
  assert.ok(grown < 3 * 32 * mib, `32 MiB took ${Math.round(grown / mib)} MiB`)
})

test('content that is removed while it is read is no longer kept', async (t) => {
  const { db } = await testDatabase(t)
  const topicId = await withContent(db, [2 * readAlongBytesMax])
  await db.deleteFrom('publication').where('topic_id', '=', topicId).execute()
  const { id } = await db.deleteFrom('content').returning('id').executeTakeFirstOrThrow()
  assert.equal(await readBody(db, { id, bytes: 2 * readAlongBytesMax }), null)
})
