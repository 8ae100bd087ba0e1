import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { startCallbackServer, type Verification } from '../../src/listen/callback-server.ts'
import { listen, renewalMs } from '../../src/listen/listen.ts'
import { type ListenOptions, listenOptions } from '../../src/listen/options.ts'

const topic = 'http://127.0.0.1:1/topic'

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
  const callback = await hub.callback
  const ask = async (mode: string, of = topic) => {
    const query = new URLSearchParams({ 'hub.mode': mode, 'hub.topic': of, 'hub.challenge': 'abc' })
    const answer = await fetch(`${callback}?${query}`)
    return `${answer.status} ${await answer.text()}`
  }
  assert.equal(await ask('unsubscribe'), '404 ')
  assert.equal(await ask('subscribe', 'http://127.0.0.1:1/other'), '404 ')
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

test('a topic that names no hub is tried at the own hub', async (t) => {
  const hub = await strangeHub(t)
  const stop = new AbortController()
  const lines: string[] = []
  const options = optionsOf([`${hub.url}page`], hub.url)
  const listening = listen(options, { say: (text) => lines.push(text), stop: stop.signal })
  await hub.callback
  assert.match(lines[0] ?? '', /names no hub: trying http:/)
  assert.equal(optionsOf([topic]).ownHub, 'http://localhost:8080/')
  stop.abort()
  await listening
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

/** A hub that answers 202 and asks nothing by itself. */
async function strangeHub(t: TestContext) {
  const callback = Promise.withResolvers<string>()
  const goodbye = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request))
    response.writeHead(request.method === 'POST' ? 202 : 200).end()
    if (form.get('hub.mode') === 'subscribe') callback.resolve(form.get('hub.callback') ?? '')
    if (form.get('hub.mode') === 'unsubscribe') goodbye.resolve()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, callback: callback.promise, goodbye: goodbye.promise }
}

function optionsOf(words: readonly string[], hubUrl?: string): ListenOptions {
  const options = listenOptions(words, hubUrl)
  if (typeof options === 'string') assert.fail(options)
  return options
}
