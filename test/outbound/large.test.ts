import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type TestContext, test } from 'node:test'
import { until } from '../support/until.ts'
import { delivery, listen, outcome, startSender } from './setup.ts'

const certificate = readFileSync(new URL('../fixtures/tls/localhost.cert.pem', import.meta.url), 'utf8')
const key = readFileSync(new URL('../fixtures/tls/localhost.key.pem', import.meta.url), 'utf8')
const mib = 1024 ** 2

async function start(t: TestContext, listener: RequestListener): Promise<Readonly<Record<'http' | 'https', string>>> {
  const http = await listen(t, createHttpServer(listener))
  const https = await listen(t, createHttpsServer({ cert: certificate, key }, listener))
  return { http: `http://localhost:${http}/`, https: `https://localhost:${https}/` }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('content on its way to slow callbacks is held once, not again for each of them, over TLS too', async (t) => {
  const { promise: reading, resolve: read } = Promise.withResolvers<void>()
  const bodies: Buffer[] = []
  let begun = 0
  const { https } = await start(t, async (request, response) => {
    begun += 1
    await reading
    bodies.push(await bodyOf(request))
    response.end('ok')
  })
  const sender = startSender(t, { extraCertificates: certificate })
  const body = randomBytes(16 * mib)
  const callbacks = 12
  const before = process.memoryUsage().rss
  const sent = Array.from({ length: callbacks }, () => sender.send(delivery(https, { body })))
  await until(() => begun === callbacks, 'all callbacks')
  const grown = process.memoryUsage().rss - before
  assert.ok(grown < 64 * mib, `${callbacks} times ${body.length / mib} MiB took ${Math.round(grown / mib)} MiB`)
  read()
  for (const result of await Promise.all(sent)) assert.equal(outcome(result), '200 ok')
  assert.deepEqual(
    bodies.map((each) => each.equals(body)),
    Array.from({ length: callbacks }, () => true),
  )
})

test('a callback that answers before it has read the content still gets all of it', async (t) => {
  const bodies: Promise<Buffer>[] = []
  const urls = await start(t, (request, response) => {
    response.end('ok')
    bodies.push(bodyOf(request))
  })
  const sender = startSender(t, { extraCertificates: certificate })
  const body = randomBytes(8 * mib)
  for (const url of [urls.http, urls.https]) {
    assert.equal(outcome(await sender.send(delivery(url, { body }))), '200 ok')
    assert.equal((await bodies.at(-1))?.equals(body), true, url)
  }
})
