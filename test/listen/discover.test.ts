import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { discover } from '../../src/listen/discover.ts'
import { stranger } from './setup.ts'

const ownHub = 'http://127.0.0.1:1/own'
const links = '<https://hub.test/>; rel="hub", <https://topic.test/>; rel="self"'

for (const [status, name] of [
  [404, 'Not Found'],
  [410, 'Gone'],
  [500, 'Internal Server Error'],
] as const) {
  test(`a topic that answers ${status} is told so, and the links of that page are not its own`, async (t) => {
    const { url } = await stranger(t, (_, response) => response.writeHead(status, { Link: links }).end('<html>'))
    const { found } = await find(t, url)
    assert.match(String(found), new RegExp(`^${url} answers ${status} ${name}: .* Name the hub with --hub\\.$`))
    const named = await find(t, url, 'https://named.test/')
    assert.deepEqual(named.found, { topic: url, hub: 'https://named.test/' })
    assert.match(named.told[0] ?? '', new RegExp(`answers ${status} ${name}: .* Subscribing all the same`))
  })
}

test('the hub and the URL that a topic names are what is subscribed to', async (t) => {
  const { url } = await stranger(t, (_, response) => response.writeHead(200, { Link: links }).end())
  const { found, told } = await find(t, url)
  assert.deepEqual(found, { topic: 'https://topic.test/', hub: 'https://hub.test/' })
  assert.match(told[0] ?? '', /calls itself https:\/\/topic\.test\/: subscribing to that/)
})

test('SF-15: a part of a page is discovered by its page, and stays a part', async (t) => {
  const { url } = await stranger(t, (request, response) => {
    assert.equal(request.url, '/')
    response.writeHead(200, { Link: links }).end()
  })
  const { found } = await find(t, `${url}#.price`)
  assert.deepEqual(found, { topic: 'https://topic.test/#.price', hub: 'https://hub.test/' })
})

test('a topic that names no hub is tried at the own hub', async (t) => {
  const { url } = await stranger(t, (_, response) => response.end('<html>'))
  const { found, told } = await find(t, url)
  assert.deepEqual(found, { topic: url, hub: ownHub })
  assert.match(told[0] ?? '', /names no hub: trying http:\/\/127\.0\.0\.1:1\/own/)
})

test('a topic that never ends is read as far as links may stand', async (t) => {
  const { url } = await stranger(t, (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' })
    const flood = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', flood)
    flood()
  })
  assert.deepEqual((await find(t, url)).found, { topic: url, hub: ownHub })
})

async function find(t: TestContext, topic: string, hub: string | null = null) {
  const told: string[] = []
  const stop = new AbortController()
  t.after(() => stop.abort())
  const found = await discover(
    { topic, hub, ownHub, exact: false },
    { tell: (line) => told.push(line), stop: stop.signal },
  )
  return { found, told }
}
