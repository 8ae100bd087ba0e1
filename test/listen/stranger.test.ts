import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { startCallbackServer, type Verification } from '../../src/listen/callback-server.ts'
import { listenTo, strangeHub, stranger, topic } from './setup.ts'

test('a target that is no URL is answered 404 and ends nothing', async (t) => {
  const { server } = await callbackServer(t)
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.end('GET // HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 404 /)
  assert.equal((await fetch(server.url)).status, 200)
})

test('a lease that is no positive whole number is told as none', async (t) => {
  const { server, questions } = await callbackServer(t)
  for (const lease of ['0', '-5', 'abc', '1.5', '', '60']) await fetch(`${server.url}?hub.lease_seconds=${lease}`)
  assert.deepEqual(
    questions.map(({ leaseSeconds }) => leaseSeconds),
    [null, null, null, null, null, 60],
  )
})

test('a public callback keeps its own path and query', async (t) => {
  const hub = await strangeHub(t)
  const words = [topic, '--hub', hub.url, '--callback', 'http://127.0.0.1:1/tunnel?key=1']
  const { stop, exitCode, lines } = listenTo(t, words)
  assert.ok((await hub.callback).length > 0)
  assert.match(
    lines[1] ?? '',
    /listening on http:\/\/127\.0\.0\.1:\d+, where http:\/\/127\.0\.0\.1:1\/tunnel\?key=1 must lead$/,
  )
  const callback = new URL(await hub.callback)
  assert.match(callback.pathname, /^\/tunnel\/[\w-]{22}$/)
  assert.equal(callback.search, '?key=1')
  stop()
  assert.equal(await exitCode, 0)
  assert.match(lines.at(-1) ?? '', /no confirmed subscription/)
})

test('only what was asked for is confirmed: a subscription first, and after the wish to leave an unsubscription', async (t) => {
  const hub = await strangeHub(t)
  const { stop, exitCode } = listenTo(t, [topic, '--hub', hub.url])
  assert.equal(await hub.ask('unsubscribe'), '404 ')
  assert.equal(await hub.ask('subscribe', { 'hub.topic': 'http://127.0.0.1:1/other' }), '404 ')
  assert.equal(await hub.ask('subscribe'), '200 abc')
  stop()
  await hub.goodbye
  assert.equal(await hub.ask('subscribe'), '404 ')
  assert.equal(await hub.ask('unsubscribe'), '200 abc')
  assert.equal(await exitCode, 0)
})

test('who is not asked for ten seconds is told what may be the matter; who is, is not', async (t) => {
  const hub = await strangeHub(t)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  for (const asked of [true, false]) {
    const each = listenTo(t, [topic, '--hub', hub.url])
    await each.told(/accepted/)
    if (asked) await hub.ask('subscribe')
    t.mock.timers.tick(10_000)
    assert.equal(
      each.lines.some((line) => /not asked yet: can the hub call http:.*\? --callback/.test(line)),
      !asked,
    )
  }
})

test('a denial ends it with 1 and the hub’s reason; one of another topic ends nothing', async (t) => {
  const hub = await strangeHub(t)
  const { lines, complaints, exitCode } = listenTo(t, [topic, '--hub', hub.url])
  await hub.ask('subscribe')
  await hub.ask('denied', { 'hub.topic': 'http://127.0.0.1:1/other' })
  assert.equal(await hub.ask('denied', { 'hub.reason': 'no \u0007more' }), '200 ')
  assert.equal(await exitCode, 1)
  assert.match(lines.at(-1) ?? '', /DENIED: http:\/\/127\.0\.0\.1:1\/topic: no \\u0007more$/)
  assert.match(complaints.join(), /^The hub denied the subscription/)
})

for (const [how, answer, sentence] of [
  ['refuses', 500, /^The hub answered 500 .* runs until its lease ends/],
  ['never asks about', 202, /^The hub did not ask about it in time\. .* runs until its lease ends/],
] as const) {
  test(`a hub that ${how} an unsubscription leaves a subscription: a sentence, and exit code 3`, async (t) => {
    const hub = await strangeHub(t, (form, response) => {
      if (form.get('hub.mode') === 'unsubscribe') response.writeHead(answer).end()
    })
    const { stop, complaints, exitCode } = listenTo(t, [topic, '--hub', hub.url])
    await hub.ask('subscribe', { 'hub.lease_seconds': '60' })
    stop()
    assert.equal(await exitCode, 3)
    assert.match(complaints.join(), sentence)
  })
}

test('a port that is taken is told in a sentence', async (t) => {
  const { server } = await callbackServer(t)
  const words = [topic, '--hub', 'http://127.0.0.1:1/', '--port', new URL(server.url).port]
  const { complaints, exitCode } = listenTo(t, words)
  assert.equal(await exitCode, 1)
  assert.match(complaints.join(), /Cannot listen on 127\.0\.0\.1, port \d+ \(.*EADDRINUSE/)
})

test('who leaves while a topic or a hub says nothing waits for neither', async (t) => {
  for (const wordsFor of [(mute: string) => [mute], (mute: string) => [topic, '--hub', mute]]) {
    const asked = Promise.withResolvers<void>()
    const mute = await stranger(t, () => asked.resolve())
    const { stop, complaints, exitCode } = listenTo(t, wordsFor(mute.url))
    await asked.promise
    stop()
    assert.equal(await exitCode, 0)
    assert.deepEqual(complaints, [])
  }
})

async function callbackServer(t: TestContext) {
  const questions: Verification[] = []
  const server = await startCallbackServer(
    { host: '127.0.0.1', port: 0 },
    { verification: (question) => questions.push(question) > 0, denial() {}, delivery() {} },
  )
  t.after(() => server.close())
  return { server, questions }
}
