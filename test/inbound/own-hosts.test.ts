import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { startInbound, subscription } from './setup.ts'

const body = String(new URLSearchParams(subscription))

/** `fetch` would not let a test write its own Host. */
async function statusOf(
  port: number,
  headers: Record<string, string>,
): Promise<[status: number | undefined, sentence: string]> {
  return new Promise((resolve, reject) => {
    const type = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': String(body.length) }
    const outgoing = request({ port, host: '127.0.0.1', method: 'POST', path: '/', headers: { ...type, ...headers } })
    outgoing.on('error', reject)
    outgoing.on('response', async (incoming) => {
      resolve([incoming.statusCode, (await incoming.toArray()).join('')])
    })
    outgoing.end(body)
  })
}

test('a hub on loopback serves its own machine under its own names', async (t) => {
  const inbound = await startInbound(t, {
    environment: { HUB_URL: 'http://localhost:8080/', HUB_URL_ALIASES: 'http://hub.localhost:9999/' },
  })
  const { port } = inbound
  for (const host of [
    `localhost:${port}`,
    `127.0.0.1:${port}`,
    `[::1]:${port}`,
    'localhost:8080',
    'HUB.localhost:9999',
  ]) {
    assert.deepEqual((await statusOf(port, { Host: host }))[0], 202, host)
  }
  assert.equal((await statusOf(port, { Host: `localhost:${port}`, Origin: `http://localhost:${port}` }))[0], 202)
})

test('a hub on loopback refuses a foreign Host: a name may have been rebound to 127.0.0.1', async (t) => {
  const inbound = await startInbound(t, { environment: { HUB_URL: 'http://localhost:8080/' } })
  for (const host of [
    'evil.example',
    `evil.example:${inbound.port}`,
    'localhost',
    `localhost.evil.example:${inbound.port}`,
  ]) {
    const [status, sentence] = await statusOf(inbound.port, { Host: host })
    assert.equal(status, 421, host)
    assert.match(sentence, /HUB_URL/)
  }
  assert.deepEqual(inbound.requested, [])
})

test('a hub on loopback refuses what was forwarded to it, and what pages of other sites post', async (t) => {
  const inbound = await startInbound(t, { environment: { HUB_URL: 'http://localhost:8080/' } })
  const own = { Host: `localhost:${inbound.port}` }
  const foreign = [
    { 'X-Forwarded-For': '203.0.113.7' },
    { 'X-Forwarded-Host': 'hub.example' },
    { 'x-forwarded-proto': 'https' },
    { Forwarded: 'for=203.0.113.7' },
    { Via: '1.1 tunnel' },
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
  ]
  for (const headers of foreign) {
    const [status, sentence] = await statusOf(inbound.port, { ...own, ...headers })
    assert.equal(status, 403, JSON.stringify(headers))
    assert.match(sentence, /HUB_URL/)
  }
  assert.deepEqual(inbound.requested, [])
})

test('a hub for others takes any Host and what proxies forward', async (t) => {
  const inbound = await startInbound(t)
  const headers = {
    Host: 'whatever.example',
    'X-Forwarded-For': '203.0.113.7',
    Via: '1.1 proxy',
    Origin: 'https://x.example',
  }
  assert.equal((await statusOf(inbound.port, headers))[0], 202)
})
