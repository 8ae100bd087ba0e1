import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { type HubRequest, judgeAnswer, requestOf } from '../../src/listen/hub-request.ts'
import { stranger, topic } from './setup.ts'

const request: HubRequest = {
  mode: 'subscribe',
  topic,
  callback: 'http://127.0.0.1:1/callback',
  leaseSeconds: 60,
  secret: 'secret',
}

for (const status of [307, 308]) {
  test(`a hub that answers ${status} gets the same POST again at its new place, and the person is told`, async (t) => {
    const forms: string[] = []
    const hub = await stranger(t, async (asked, response) => {
      forms.push(`${asked.method} ${asked.url} ${await text(asked)}`)
      if (asked.url === '/') response.writeHead(status, { Location: 'new?place=1' }).end()
      else response.writeHead(202).end()
    })
    const { refused, told } = await ask(t, hub.url)
    assert.equal(refused, null)
    assert.equal(forms[1], forms[0]?.replace('POST / ', 'POST /new?place=1 '))
    assert.match(forms[1] ?? '', /hub\.secret=secret/)
    assert.deepEqual(told, [`the hub answered ${status}: it has moved to ${hub.url}new?place=1`])
  })
}

for (const status of [300, 301, 302, 303, 304]) {
  test(`a hub that answers ${status} has accepted nothing, whatever is at the other end`, async (t) => {
    const methods: (string | undefined)[] = []
    const hub = await stranger(t, (asked, response) => {
      methods.push(asked.method)
      if (asked.url === '/') response.writeHead(status, { Location: '/welcome' }).end()
      else response.writeHead(200).end()
    })
    const { refused } = await ask(t, hub.url)
    assert.match(refused ?? '', new RegExp(`^The hub answered ${status} to /welcome, which accepts nothing`))
    assert.deepEqual(methods, ['POST'])
  })
}

test('a hub that redirects in a circle is left after five times', async (t) => {
  let requests = 0
  const hub = await stranger(t, (_, response) => {
    requests++
    response.writeHead(308, { Location: '/' }).end()
  })
  assert.match((await ask(t, hub.url)).refused ?? '', /more than 5 times/)
  assert.equal(requests, 6)
})

test('a redirect to nowhere, and one that would send a secret in the clear, are refused', () => {
  const answer = (location: string | null) => judgeAnswer('https://hub.test/', { status: 307, location, words: '' })
  assert.match(whyOf(answer(null)), /without a Location/)
  assert.match(whyOf(answer('ftp://hub.test/')), /no http or https URL/)
  assert.match(whyOf(answer('http://hub.test/')), /not sent by http/)
  assert.deepEqual(answer('//new.test/'), { kind: 'moved', place: 'https://new.test/' })
})

for (const status of [400, 404, 429, 500, 503]) {
  test(`a hub that answers ${status} is shown in its own words`, async (t) => {
    const hub = await stranger(t, (_, response) =>
      response.writeHead(status).end('hub.topic:\n  no \u001b[31mthanks\n'),
    )
    const { refused } = await ask(t, hub.url)
    assert.equal(refused, `The hub answered ${status} and says: hub.topic: no \\u001b[31mthanks`)
  })
}

test('a refusal without words, one without an end, and one that breaks off', async (t) => {
  const mute = await stranger(t, (_, response) => response.writeHead(403).end())
  assert.equal((await ask(t, mute.url)).refused, 'The hub answered 403 and says no more.')
  const endless = await stranger(t, (_, response) => response.writeHead(500).write('no '.repeat(2000)))
  assert.match((await ask(t, endless.url)).refused ?? '', /^The hub answered 500 and says: (no ){166}no$/)
  const broken = await stranger(t, (_, response) => response.writeHead(503).write('later', () => response.destroy()))
  assert.equal((await ask(t, broken.url)).refused, 'The hub answered 503 and says: later')
})

test('a page instead of a hub’s words is shown without its tags', async (t) => {
  const site = await stranger(t, (_, response) => {
    response.writeHead(501, { 'Content-Type': 'text/html;charset=utf-8' })
    response.end(
      '<!DOCTYPE HTML>\n<html lang="en"><body><h1>Error</h1>\n<p>Unsupported method (POST).</p></body></html>',
    )
  })
  assert.equal((await ask(t, site.url)).refused, 'The hub answered 501 and says: Error Unsupported method (POST).')
})

for (const status of [200, 201, 202, 204]) {
  const odd = status < 202
  test(`a hub that answers ${status} has accepted it${odd ? ', oddly' : ''}`, async (t) => {
    const hub = await stranger(t, (_, response) => response.writeHead(status).end())
    const { refused, told } = await ask(t, hub.url)
    assert.equal(refused, null)
    assert.deepEqual(told, odd ? [`the hub answered ${status}, where §5.1.2 of WebSub wants 202; taken for a yes`] : [])
  })
}

test('a hub that is not there is told with the reason', async (t) => {
  const hub = await stranger(t, () => {})
  hub.close()
  assert.match((await ask(t, hub.url)).refused ?? '', /^The hub at http.* could not be reached \(.*ECONNREFUSED/)
})

async function ask(t: TestContext, hub: string) {
  const told: string[] = []
  const stop = new AbortController()
  t.after(() => stop.abort())
  const refused = await requestOf(hub, request, { tell: (line) => told.push(line), stop: stop.signal })
  return { refused, told }
}

function whyOf(verdict: ReturnType<typeof judgeAnswer>): string {
  return verdict.kind === 'refused' ? verdict.why : assert.fail(verdict.kind)
}
