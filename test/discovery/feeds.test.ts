import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { discoverLinks } from '../../src/discovery/links.ts'

interface Feed {
  readonly file: string
  readonly contentType: string
  readonly hubLinks: readonly string[]
  readonly selfLinks: readonly string[]
}

const folder = new URL('../fixtures/feeds/', import.meta.url)
const feeds: readonly Feed[] = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'))
const publisher = 'https://publisher.example/blog/feed'

for (const feed of feeds) {
  test(`DISC-01 DISC-05: ${feed.file} names the self and hub links its manifest lists`, async () => {
    const found = await discoverLinks({
      url: publisher,
      headers: new Map([['content-type', [feed.contentType]]]),
      body: readFileSync(new URL(feed.file, folder)),
    })
    const [self] = feed.selfLinks
    assert.equal(found.self, self === undefined ? null : /^https?:/.test(self) ? self : new URL(self, publisher).href)
    assert.equal(found.selves, feed.selfLinks.length)
    // The manifest lists every hub of a JSON Feed; these two are of other kinds than WebSub (DISC-08).
    assert.deepEqual(found.hubs, feed.file === 'jsonfeed10-hubs.json' ? [] : feed.hubLinks)
  })
}
