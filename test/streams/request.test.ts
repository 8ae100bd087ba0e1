import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../../src/config.ts'
import { parseForm } from '../../src/form.ts'
import { RequestRefused } from '../../src/refusal.ts'
import { type StreamRequest, streamRequest } from '../../src/streams/request.ts'

const topic = 'https://publisher.example/feed'
const config = readConfig({ HUB_URL: 'https://hub.example/', HUB_URL_ALIASES: 'https://www.hub.example/' })

function read(query: string, lastEventId?: string): StreamRequest {
  return streamRequest(parseForm(query), lastEventId, config)
}

const asks: readonly (readonly [query: string, Partial<StreamRequest>])[] = [
  ['', { after: null, newest: false, waitMs: null }],
  ['wait=stream', { waitMs: null }],
  ['wait=poll', { waitMs: 30_000 }],
  ['wait=45', { waitMs: 45_000 }],
  ['wait=45s', { waitMs: 45_000 }],
  ['wait=0', { waitMs: 1000 }],
  ['wait=86400', { waitMs: 60_000 }],
  ['after=0', { after: 0 }],
  ['after=12', { after: 12 }],
  ['last-event-id=12', { after: 12 }],
  ['after=&newest=&wait=&unknown=x', { after: null, newest: false, waitMs: null }],
  ['newest=true', { newest: true }],
  ['newest=1', { newest: true }],
  ['newest=false', { newest: false }],
]
for (const [query, expected] of asks) {
  test(`SF-08: '${query}' is understood`, () => {
    const request = read(`topic=${encodeURIComponent(topic)}&${query}`)
    assert.deepEqual({ ...request, ...expected }, request)
    assert.equal(request.topic, topic)
  })
}

test('the topic may also be called hub.topic, and stays as given', () => {
  assert.equal(read('hub.topic=HTTPS://Publisher.example/%7Euser').topic, 'HTTPS://Publisher.example/~user')
})

test('what an EventSource says it has counts before what its URL says it had', () => {
  assert.equal(read(`topic=${topic}&after=3`, '12').after, 12)
  assert.equal(read(`topic=${topic}&after=3`, '').after, 3)
})

const refused: readonly (readonly [query: string, parameter: string])[] = [
  ['', 'topic'],
  ['topic=', 'topic'],
  ['topic=feed', 'topic'],
  ['topic=ftp://publisher.example/', 'topic'],
  [`topic=${topic}%23part`, 'topic'],
  [`topic=${topic}/%0d%0aX:1`, 'topic'],
  [`topic=${topic}/%ff`, 'topic'],
  [`topic=${topic}/%00`, 'topic'],
  ['topic=https://hub.example/feed', 'topic'],
  ['topic=https://www.hub.example/feed', 'topic'],
  [`topic=${topic}&topic=${topic}`, 'topic'],
  [`topic=${topic}&hub.topic=${topic}`, 'topic'],
  [`topic=${topic}&after=-1`, 'after'],
  [`topic=${topic}&after=1.5`, 'after'],
  [`topic=${topic}&after=9007199254740993`, 'after'],
  [`topic=${topic}&after=1&last-event-id=2`, 'after'],
  [`topic=${topic}&newest=maybe`, 'newest'],
  [`topic=${topic}&wait=forever`, 'wait'],
  [`topic=${topic}&wait=-1`, 'wait'],
  [`topic=${topic}&wait=5m`, 'wait'],
]
for (const [query, parameter] of refused) {
  test(`SEC-12 SEC-24: '${query}' is refused by a sentence that names ${parameter}`, () => {
    assert.throws(
      () => read(query),
      (error) => {
        assert(error instanceof RequestRefused)
        assert.deepEqual([error.status, error.parameter], [400, parameter])
        assert.match(error.message, new RegExp(`^${parameter} .*\\.$`))
        return true
      },
    )
  })
}

test('a Last-Event-ID that is no number of ours is refused', () => {
  assert.throws(() => read(`topic=${topic}`, 'abc'), /^RequestRefused: after must be the number/)
})
