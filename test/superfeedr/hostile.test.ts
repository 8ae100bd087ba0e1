import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { wholeHub } from '../support/hub.ts'
import { keyedUser } from '../support/superfeedr.ts'

const modes = ['list', 'retrieve', 'replay', 'search', 'subscribe', 'unsubscribe', 'publish', 'LIST', '']
const names = [
  ...['hub.topic', 'hub.callback', 'hub.secret', 'hub.verify', 'hub.content', 'hub.signature', 'hub.url'],
  ...['page', 'by_page', 'detailed', 'count', 'before', 'after', 'format', 'callback', 'wait', 'authorization'],
  ...['search[feed][url]', 'search.feed.inurl', 'search[endpoint][hostname]', 'search[format]', 'retrieve'],
]
const values = fc.oneof(
  fc.constantFrom('', '0', '1', '-1', '50', '999999999', '1e3', 'true', 'json', 'atom', '/dev/null', 'poll'),
  fc.constantFrom(
    'http://127.0.0.1:9/',
    'http://127.0.0.1:9/?a=%',
    'javascript:x',
    '%',
    "'",
    '\\',
    '\0',
    '\u{1F600}',
    '\uFFFD',
  ),
  fc.string({ maxLength: 20, unit: 'binary' }),
)

test('SEC-12: whatever somebody with a key sends is answered, and never by a mistake of ours', async (t) => {
  const hub = await wholeHub(t, { environment: { RATE_SUBSCRIBE: '100000/1s' } })
  const user = await keyedUser(hub)
  const topic = hub.publisher.topic('/t')
  await user.subscribe(topic, '/dev/null')
  const field = fc.tuple(fc.constantFrom(...names), values)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...modes),
      fc.array(field, { maxLength: 5 }),
      fc.boolean(),
      async (mode, fields, get) => {
        // One that waits in vain is tested elsewhere.
        const pairs = [['hub.mode', mode], ...fields.filter(([name]) => name !== 'wait' && name !== 'retrieve')]
        const encoded = new URLSearchParams(pairs as [string, string][]).toString()
        const headers = {
          Authorization: `Basic ${user.credentials}`,
          'Content-Type': 'application/x-www-form-urlencoded',
        }
        const answer = get
          ? await fetch(`${hub.url}?${encoded}`, { headers, signal: AbortSignal.timeout(5000) })
          : await fetch(hub.url, { method: 'POST', body: encoded, headers, signal: AbortSignal.timeout(5000) })
        const text = await answer.text()
        assert.ok(answer.status < 500, `${answer.status} ${encoded} ${text}`)
        if (answer.status >= 400) assert.match(text, /^\S[^\n]{15,}\n$/, encoded)
        hub.world.advance({ minutes: 5 }) // Wrong keys are forgotten.
      },
    ),
    { numRuns: 300 },
  )
  assert.deepEqual(hub.recorded.of('requestFailed'), [])
})
