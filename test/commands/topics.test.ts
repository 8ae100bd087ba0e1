import assert from 'node:assert/strict'
import { test } from 'node:test'
import { topics } from '../../src/commands/topics.ts'
import { pruneTopics } from '../../src/publishing/store.ts'
import { wholeHub } from '../support/hub.ts'
import { testDatabase } from '../support/postgres.ts'
import { runCommand } from '../support/terminal.ts'

test('a topic that an operator has polled reaches its subscriber without a ping', async (t) => {
  const { database, publisher, subscriber, subscribe, drain, world } = await wholeHub(t)
  const topic = publisher.topic('/feed')
  publisher.publishes('/feed', 'first')
  await subscribe(topic, subscriber.callback('/a'))
  await drain()
  const ran = await runCommand(topics, ['poll', topic, '--every', '15m'], database)
  assert.deepEqual(ran, { code: 0, printed: `${topic} is polled every 15m to 2h while somebody subscribes to it.\n` })
  await drain()
  publisher.publishes('/feed', 'second')
  world.advance({ minutes: 18 })
  await drain()
  assert.deepEqual(subscriber.received, ['first', 'second'])
})

test('topics lists what there is, how it is polled and read, and says when there is nothing', async (t) => {
  const { database, publisher, subscriber, subscribe, ping, drain } = await wholeHub(t)
  assert.equal((await runCommand(topics, [], database)).printed, 'There is no topic yet.\n')
  const [feed, other] = [publisher.topic('/feed'), publisher.topic('/other')]
  publisher.publishes('/feed', 'first')
  await subscribe(feed, subscriber.callback('/a'))
  await drain()
  await ping(feed)
  await drain()
  await runCommand(topics, ['poll', other, '--every', '3h'], database)
  const { printed } = await runCommand(topics, [], database)
  const [head, ...lines] = printed.trimEnd().split('\n')
  assert.match(head ?? '', /^topic +number +published +subscriptions +polled +last fetch$/)
  assert.match(lines[0] ?? '', new RegExp(`^${feed} +1 +20\\S+Z +1 +new$`))
  assert.match(lines[1] ?? '', new RegExp(`^${other} +0 +0 +every 3h$`))
  assert.equal((await runCommand(topics, ['/feed'], database)).printed.trimEnd().split('\n').length, 2)
  assert.equal(
    (await runCommand(topics, ['nothing like it'], database)).printed,
    "No topic's URL holds 'nothing like it'.\n",
  )
  assert.equal((await runCommand(topics, ['poll', other, '--off'], database)).printed, `${other} is polled no more.\n`)
  assert.equal((await runCommand(topics, ['poll', other, '--off'], database)).printed, `${other} was not polled.\n`)
})

test('words that make no sense are refused with what would be right, and nothing is done', async (t) => {
  const database = await testDatabase(t)
  const wrong: readonly (readonly [words: readonly string[], said: RegExp])[] = [
    [['poll'], /Name the topic/],
    [['poll', 'example.org/feed', '--every', '15m'], /must be an absolute URL that begins with http/],
    [['poll', 'http://localhost:8080/', '--every', '15m'], /must not lie on this hub's own origin/],
    [['feed-delivery', 'http://localhost:8080/feed', 'full'], /must not lie on this hub's own origin/],
    [['poll', 'https://example.org/feed'], /--every 15m, or --off/],
    [['poll', 'https://example.org/feed', '--every', '5s'], /from 1m to 7d/],
    [['poll', 'https://example.org/feed', '--every', 'often'], /'often' is not a length of time/],
    [['poll', 'https://example.org/feed', '--every', '2h', '--slowest', '1h'], /quicker than/],
    [['poll', 'https://example.org/feed', '--off', '--every', '1h'], /--off ends the polling/],
    [['poll', 'https://example.org/feed', 'https://example.org/other', '--every', '1h'], /one topic at a time/],
    [['poll', 'https://example.org/feed', '--sometimes'], /--sometimes/],
    [['poll', 'https://example.org/feed', '--every', '1m', '--every', '2m'], /--every was given more than once/],
    [['feed-delivery'], /Name the topic/],
    [['feed-delivery', 'https://example.org/feed'], /full, new-entries, or default/],
    [['feed-delivery', 'https://example.org/feed', 'half'], /not 'half'/],
  ]
  for (const [words, said] of wrong) {
    const { code, printed } = await runCommand(topics, words, database)
    assert.equal(code, 2, printed)
    assert.match(printed, said)
  }
  assert.equal((await runCommand(topics, [], database)).printed, 'There is no topic yet.\n')
})

test('DIFF-01: an operator chooses how a topic is delivered, also before anybody subscribes, and it stays so', async (t) => {
  const { database, publisher, subscriber, subscribe, ping, drain, world } = await wholeHub(t)
  const [topic, callback] = [publisher.topic('/feed'), subscriber.callback()]
  const entry = (id: string) =>
    `<entry><id>${id}</id><title>${id}</title><updated>2026-11-21T00:00:00Z</updated></entry>`
  const feed = (...ids: readonly string[]) =>
    `<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title>f</title><updated>2026-11-21T00:00:00Z</updated>${ids.map(entry).join('')}</feed>`
  const publishes = async (...ids: readonly string[]) => {
    publisher.publishes('/feed', feed(...ids), { type: 'application/atom+xml' })
    await ping(topic)
    await drain()
  }
  const ran = await runCommand(topics, ['feed-delivery', topic, 'new-entries'], database)
  assert.deepEqual(ran, {
    code: 0,
    printed: `${topic} is delivered reduced to what is new, unless a subscriber chooses.\n`,
  })
  await pruneTopics(database.db, { now: world.now(), limit: 100 })
  await subscribe(topic, callback)
  await drain()
  await publishes('a')
  await publishes('b', 'a')
  assert.deepEqual(subscriber.received, [feed('a'), feed('b')])
  await runCommand(topics, ['feed-delivery', topic, 'full'], database)
  await publishes('c', 'b', 'a')
  assert.equal(subscriber.received.at(-1), feed('c', 'b', 'a'))
  const again = await runCommand(topics, ['feed-delivery', topic, 'default'], database)
  assert.equal(again.printed, `${topic} is delivered as FEED_DELIVERY says.\n`)
})
