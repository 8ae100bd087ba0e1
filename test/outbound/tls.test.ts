import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type TestContext, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { startDnsServer } from '../support/dns-server.ts'
import { until } from '../support/until.ts'
import { delivery, fetching, listen, okAnswer, outcome, startRaw, startSender, startTcp } from './setup.ts'

const certificate = readFileSync(new URL('../fixtures/tls/localhost.cert.pem', import.meta.url), 'utf8')
const key = readFileSync(new URL('../fixtures/tls/localhost.key.pem', import.meta.url), 'utf8')

async function startHttps(t: TestContext, listener: RequestListener = (_request, response) => void response.end('ok')) {
  return listen(t, createHttpsServer({ cert: certificate, key }, listener))
}

test('SEC-05: a certificate that nobody vouches for is a failure, on every kind of call', async (t) => {
  let requests = 0
  const port = await startHttps(t, (_request, response) => {
    requests += 1
    response.end()
  })
  const sender = startSender(t)
  for (const request of [delivery(`https://localhost:${port}/`), fetching(`https://localhost:${port}/`)]) {
    const result = await sender.send(request)
    assert.equal(outcome(result), 'tls')
    assert.match(result.kind === 'no-answer' ? result.why : '', /its certificate is signed by itself/)
  }
  assert.equal(requests, 0)
  await until(() => sender.stats().openSockets === 0, 'the last socket closed')
})

test('SEC-05: not even NODE_TLS_REJECT_UNAUTHORIZED=0 lets it pass', async (t) => {
  const port = await startHttps(t)
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  t.after(() => delete process.env.NODE_TLS_REJECT_UNAUTHORIZED)
  assert.equal(outcome(await startSender(t).send(delivery(`https://localhost:${port}/`))), 'tls')
})

test('DIST-11 SEC-05 SEC-16: with its authority trusted an https callback is called over TLS, by name and by address', async (t) => {
  const serverNames: unknown[] = []
  const port = await startHttps(t, (request, response) => {
    serverNames.push((request.socket as TLSSocket & { servername?: unknown }).servername)
    response.end('ok')
  })
  const sender = startSender(t, { extraCertificates: certificate })
  assert.equal(outcome(await sender.send(delivery(`https://localhost:${port}/`))), '200 ok')
  assert.equal(outcome(await sender.send(delivery(`https://127.0.0.1:${port}/`))), '200 ok')
  assert.deepEqual(serverNames, ['localhost', false])
})

test('SEC-05: a certificate for another name is a failure', async (t) => {
  const port = await startHttps(t)
  const dns = await startDnsServer({
    'other.test': { addresses: ['127.0.0.1'] },
    'secure.test': { addresses: ['127.0.0.1'] },
  })
  t.after(() => dns.close())
  const sender = startSender(t, { extraCertificates: certificate, resolvers: [dns.address], searchList: [] })
  assert.equal(outcome(await sender.send(delivery(`https://secure.test:${port}/`))), '200 ok')
  const result = await sender.send(delivery(`https://other.test:${port}/`))
  assert.equal(outcome(result), 'tls')
  assert.match(result.kind === 'no-answer' ? result.why : '', /its certificate is for another name/)
})

test('connections over TLS are kept, and a new one resumes the session', async (t) => {
  const resumed: boolean[] = []
  let close = false
  const port = await startHttps(t, (request, response) => {
    resumed.push((request.socket as TLSSocket).isSessionReused())
    if (close) response.setHeader('Connection', 'close')
    response.end('ok')
  })
  const sender = startSender(t, { extraCertificates: certificate })
  const call = () => sender.send(delivery(`https://localhost:${port}/`))
  await call()
  close = true
  await call()
  await call()
  assert.deepEqual(resumed, [false, false, true])
})

test('SEC-05: what does not speak TLS, or hangs up, is a TLS failure, and its socket is closed', async (t) => {
  const plain = await startRaw(t, okAnswer)
  const hangUp = await startTcp(t, (socket) => socket.destroy())
  const sender = startSender(t)
  assert.equal(outcome(await sender.send(delivery(`https://127.0.0.1:${hangUp}/`))), 'tls')
  const silent = await startTcp(t, () => undefined)
  assert.equal(outcome(await sender.send(delivery(`https://127.0.0.1:${silent}/`, { timeoutMs: 100 }))), 'timeout')
  const garbage = await startTcp(t, (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
  assert.equal(outcome(await sender.send(delivery(`https://127.0.0.1:${garbage}/`))), 'tls')
  assert.equal(plain.requests.length, 0)
  await sender.close()
  assert.equal(sender.stats().openSockets, 0)
})
