import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { startCallbackServer, type Verification } from '../../src/listen/callback-server.ts'
import { listen, renewalMs } from '../../src/listen/listen.ts'
import { type ListenOptions, listenOptions } from '../../src/listen/options.ts'
import { strangeHub, stranger, topic } from './setup.ts'

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

test('a renewal leaves the hub time to ask within the lease', () => {
  assert.equal(renewalMs(10), 5000)
  assert.equal(renewalMs(300), 270_000)
  assert.equal(renewalMs(864_000), 846_720_000)
  assert.equal(renewalMs(864_000_000), 2 ** 31 - 1)
})

test('a public callback keeps its own path and query', async (t) => {
  const hub = await strangeHub(t)
  const stop = new AbortController()
  const lines: string[] = []
  const words = [topic, '--hub', hub.url, '--callback', 'http://127.0.0.1:1/tunnel?key=1']
  const listening = listen(optionsOf(words), {
    say: (text) => lines.push(text),
    stop: stop.signal,
  })
  const callback = new URL(await hub.callback)
  assert.match(callback.pathname, /^\/tunnel\/[\w-]{22}$/)
  assert.equal(callback.search, '?key=1')
  stop.abort()
  assert.equal(await listening, 0)
  assert.match(lines.at(-1) ?? '', /no confirmed subscription/)
})

test('only what was asked for is confirmed: a subscription first, and after the wish to leave an unsubscription', async (t) => {
  const hub = await strangeHub(t)
  const stop = new AbortController()
  const listening = listen(optionsOf([topic, '--hub', hub.url]), { say() {}, stop: stop.signal })
  const { ask } = hub
  assert.equal(await ask('unsubscribe'), '404 ')
  assert.equal(await ask('subscribe', { 'hub.topic': 'http://127.0.0.1:1/other' }), '404 ')
  assert.equal(await ask('subscribe'), '200 abc')
  stop.abort()
  await hub.goodbye
  assert.equal(await ask('subscribe'), '404 ')
  assert.equal(await ask('unsubscribe'), '200 abc')
  assert.equal(await listening, 0)
})

test('a port that is taken and a port that is none are told in a sentence', async (t) => {
  const { server } = await callbackServer(t)
  const lines: string[] = []
  const options = optionsOf([topic, '--hub', 'http://127.0.0.1:1/', '--port', new URL(server.url).port])
  assert.equal(await listen(options, { say: (text) => lines.push(text), stop: new AbortController().signal }), 1)
  assert.match(lines.at(-1) ?? '', /Cannot listen on 127\.0\.0\.1, port \d+ \(.*EADDRINUSE/)
  assert.match(String(listenOptions([topic, '--port', '65536'])), /at most 65535/)
})

test('who leaves while a topic or a hub says nothing waits for neither', async (t) => {
  for (const wordsFor of [(mute: string) => [mute], (mute: string) => [topic, '--hub', mute]]) {
    const asked = Promise.withResolvers<void>()
    const mute = await stranger(t, () => asked.resolve())
    const stop = new AbortController()
    const lines: string[] = []
    const listening = listen(optionsOf(wordsFor(mute.url)), { say: (text) => lines.push(text), stop: stop.signal })
    await asked.promise
    stop.abort()
    assert.equal(await listening, 0)
    assert.match(lines.at(-1) ?? '', / {2}left/)
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

function optionsOf(words: readonly string[]): ListenOptions {
  const options = listenOptions(words)
  if (typeof options === 'string') assert.fail(options)
  return options
}
