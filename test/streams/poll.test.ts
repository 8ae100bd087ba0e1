import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { wholeHub } from '../support/hub.ts'
import { publishes, streamUrl } from './setup.ts'

test('SF-08: a long poll waits for the next publication and hands it over as it is', async (t) => {
  const hub = await wholeHub(t)
  const topic = hub.publisher.topic('/page')
  const polling = fetch(streamUrl(hub.url, topic, { wait: '30s' }))
  while ((await hub.database.db.selectFrom('topic').select('id').execute()).length === 0);
  await publishes(hub, '/page', Buffer.from('caf\xe9', 'latin1'), 'text/html; charset=iso-8859-1')
  const answer = await polling
  assert.equal(answer.status, 200)
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), Buffer.from('caf\xe9', 'latin1'))
  assert.equal(answer.headers.get('content-type'), 'text/html; charset=iso-8859-1')
  assert.equal(answer.headers.get('link'), `<${topic}>; rel="self", <http://localhost:7/>; rel="hub"`)
  assert.equal(answer.headers.get('fanfare-number'), '1')
  assert.equal(answer.headers.get('fanfare-gap'), null)
  assert.match(answer.headers.get('cache-control') ?? '', /no-store/)
})

test('SEC-13: a polled page cannot run as one of the hub', async (t) => {
  const hub = await wholeHub(t)
  hub.publisher.publishes('/page', '<script>alert(1)</script>')
  let isAnswered = false
  const polling = fetch(streamUrl(hub.url, hub.publisher.topic('/page'), { wait: 'poll', newest: 'true' })).finally(
    () => {
      isAnswered = true
    },
  )
  while (!isAnswered) await hub.drain()
  const answer = await polling
  assert.equal(answer.headers.get('content-security-policy'), "sandbox; default-src 'none'")
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
})

test('a poll that waited in vain is answered 204, with the number to go on from', async (t) => {
  const hub = await wholeHub(t)
  const topic = hub.publisher.topic('/page')
  const poll = (parameters: Readonly<Record<string, string>>) => fetch(streamUrl(hub.url, topic, parameters))
  const beganMs = performance.now()
  const nothing = await poll({ wait: '1' })
  assert.deepEqual([nothing.status, nothing.headers.get('fanfare-number')], [204, '0'])
  assert.ok(performance.now() - beganMs > 900)
  for (const content of ['one', 'two', 'three']) await publishes(hub, '/page', content)
  const newcomer = await poll({ wait: '0' })
  assert.deepEqual([newcomer.status, newcomer.headers.get('fanfare-number')], [204, '3'])
  const next = await poll({ wait: '0', after: '0' })
  assert.deepEqual([next.status, next.headers.get('fanfare-number'), await next.text()], [200, '3', 'three'])
})

// What failed rang for nobody, and was seen by the look every two seconds alone: shorter polls hardly ever learned of it.
test('a poll for the newest of a topic that is not there is told so when it has waited, however briefly', async (t) => {
  const hub = await wholeHub(t, { running: true })
  for (const wait of ['1', '1', '2']) {
    const url = streamUrl(hub.url, hub.publisher.topic('/nothing'), { newest: 'true', wait })
    const { status, headers } = await fetch(url)
    assert.equal(status, 204)
    assert.match(headers.get('fanfare-unfetched') ?? '', /^The topic could not be fetched: /)
  }
})

test('polls of an every topic get one publication each, in turn, and are told what is missing', async (t) => {
  const hub = await wholeHub(t)
  const topic = hub.publisher.topic('/page')
  await fetch(streamUrl(hub.url, topic, { wait: '1' }))
  await hub.database.db.updateTable('topic').set({ delivery: 'every' }).execute()
  for (const content of ['one', 'two', 'three', 'four', 'five']) await publishes(hub, '/page', content)
  await sql`delete from publication where number in (2, 3)`.execute(hub.database.db)
  const got: unknown[] = []
  for (let after = '0'; after !== '5'; ) {
    const answer = await fetch(streamUrl(hub.url, topic, { wait: 'poll', after }))
    got.push([await answer.text(), JSON.parse(answer.headers.get('fanfare-gap') ?? 'null')])
    after = answer.headers.get('fanfare-number') ?? ''
  }
  assert.deepEqual(got, [
    ['one', null],
    ['four', { event: 'gap', after: 1, next: 4 }],
    ['five', null],
  ])
})
