import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { hubUrl, publishingChapter } from './chapter.ts'

interface Feed {
  readonly file: string
  readonly contentType: string
  readonly hubLinks: readonly string[]
  readonly selfLinks: readonly string[]
}

const folder = new URL('../fixtures/feeds/', import.meta.url)
const feeds: readonly Feed[] = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'))

test('FETCH-10 FETCH-11 DISC-01: forty real feeds, faults and all, are published byte for byte with type and links', async (t) => {
  const { publisher, subscribes, ping, drain, published, world } = await publishingChapter(t)
  for (const { file, contentType } of feeds) {
    const body = readFileSync(new URL(file, folder))
    publisher.publishes(`/${file}`, body, { type: contentType, self: null, hubs: [] })
    await subscribes(publisher.topic(`/${file}`))
  }
  await ping(...feeds.map(({ file }) => publisher.topic(`/${file}`)))
  await drain()
  for (const { file, contentType, selfLinks, hubLinks } of feeds) {
    const url = publisher.topic(`/${file}`)
    const body = readFileSync(new URL(file, folder))
    const [publication, ...more] = await published(url)
    // Of another kind than WebSub (DISC-08).
    const hubs = file === 'jsonfeed10-hubs.json' ? [] : hubLinks
    assert.deepEqual(publication?.body, body, file)
    assert.equal(publication.contentType, contentType, file)
    assert.equal(publication.selfUrl, absolute(selfLinks[0] ?? url, url), file)
    assert.deepEqual(publication.hubUrls, [hubUrl, ...hubs], file)
    assert.equal(more.length, 0, file)
  }
  // The same forty once more are nothing new.
  world.advance({ hours: 1 })
  await ping(...feeds.map(({ file }) => publisher.topic(`/${file}`)))
  await drain()
  for (const { file } of feeds) assert.equal((await published(publisher.topic(`/${file}`))).length, 1, file)
})

/** Verbatim where it is absolute. */
function absolute(link: string, base: string): string {
  return /^https?:/.test(link) ? link : new URL(link, base).href
}
