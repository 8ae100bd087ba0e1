import assert from 'node:assert/strict'
import { createServer, type Server as TcpServer } from 'node:net'
import { test } from 'node:test'
import { startDnsServer } from '../support/dns-server.ts'
import { delivery, fetching, listen, okAnswer, outcome, startRaw, startSender } from './setup.ts'

const closed = { loopbackAllowed: false }

test('SEC-01: an address that is not allowed is not dialled, in whatever form it is written', async (t) => {
  const server = await startRaw(t, okAnswer)
  const sender = startSender(t, closed)
  const hosts = [
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '[::ffff:127.0.0.1]',
    '[::1]',
    '0.0.0.0',
    '[::]',
    'localhost',
    'a.localhost.',
  ]
  for (const host of hosts) {
    for (const request of [delivery(`http://${host}:${server.port}/`), fetching(`http://${host}:${server.port}/`)]) {
      assert.equal(outcome(await sender.send(request)), 'forbidden', host)
    }
  }
  assert.equal(server.connections.length, 0)
  assert.equal(sender.stats().openSockets, 0)
})

test('SEC-01: the refusal says which address, and why', async (t) => {
  const dns = await startDnsServer({ 'inner.test': { addresses: ['10.0.0.1'] } })
  t.after(() => dns.close())
  const sender = startSender(t, { ...closed, resolvers: [dns.address], searchList: [] })
  const literal = await sender.send(delivery('http://169.254.169.254/'))
  assert.ok(literal.kind === 'no-answer')
  assert.equal(literal.why, 'The hub does not call 169.254.169.254, which is a metadata service.')
  const named = await sender.send(delivery('http://inner.test/'))
  assert.ok(named.kind === 'no-answer')
  assert.equal(named.why, 'The hub does not call inner.test: it leads to 10.0.0.1, which is a private address.')
})

test('SEC-01: a name with one forbidden address among its answers is refused whole', async (t) => {
  const server = await startRaw(t, okAnswer)
  const dns = await startDnsServer({
    'mixed.test': { addresses: ['127.0.0.1', '10.0.0.1'] },
    'other-family.test': { addresses: ['127.0.0.1', 'fd00::1'] },
  })
  t.after(() => dns.close())
  const sender = startSender(t, { resolvers: [dns.address], searchList: [] })
  assert.equal(outcome(await sender.send(delivery(`http://mixed.test:${server.port}/`))), 'forbidden')
  assert.equal(outcome(await sender.send(delivery(`http://other-family.test:${server.port}/`))), 'forbidden')
  assert.equal(server.connections.length, 0)
})

test('SEC-02: the address that was checked is dialled, without a second look-up (rebinding)', async (t) => {
  const server = await startRaw(t, okAnswer)
  const dns = await startDnsServer({ 'a.test': { addresses: ['127.0.0.1'], ttl: 0 } })
  t.after(() => dns.close())
  const sender = startSender(t, { resolvers: [dns.address], searchList: [] })
  assert.equal(outcome(await sender.send(delivery(`http://a.test:${server.port}/`))), '200 ok')
  assert.deepEqual(dns.questions.sort(), ['A a.test', 'AAAA a.test'])
})

test('SEC-02: a name that turns to a forbidden address is refused at the next connection', async (t) => {
  const server = await startRaw(t, `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok`)
  const dns = await startDnsServer({ 'a.test': { addresses: ['127.0.0.1'] } })
  t.after(() => dns.close())
  const clock = { ms: 0 }
  const sender = startSender(t, { resolvers: [dns.address], searchList: [], monotonicMs: () => clock.ms })
  assert.equal(outcome(await sender.send(delivery(`http://a.test:${server.port}/`))), '200 ok')
  dns.records.set('a.test', { addresses: ['169.254.169.254'] })
  clock.ms += 60_000
  assert.equal(outcome(await sender.send(delivery(`http://a.test:${server.port}/`))), 'forbidden')
})

test('SEC-03: what only TOPIC_ALLOW opens is closed to callbacks, also over a connection that a fetch left open', async (t) => {
  const server = await startRaw(t, okAnswer)
  const sender = startSender(t, { ...closed, topicAllow: ['127.0.0.1'] })
  assert.equal(outcome(await sender.send(fetching(server.url))), '200 ok')
  assert.equal(sender.stats().idleConnections, 1)
  for (const purpose of ['verify', 'deny', 'deliver'] as const) {
    assert.equal(outcome(await sender.send(delivery(server.url, { purpose }))), 'forbidden')
  }
  const callbacks = startSender(t, { ...closed, callbackAllow: ['127.0.0.0/8'] })
  assert.equal(outcome(await callbacks.send(delivery(server.url))), '200 ok')
  assert.equal(outcome(await callbacks.send(fetching(server.url))), 'forbidden')
})

test('SEC-02: addresses are tried in turn, and those that refuse do not end the attempt', async (t) => {
  const server = await startRaw(t, okAnswer)
  const dns = await startDnsServer({
    'some.test': { addresses: ['127.0.0.2', '127.0.0.3', '127.0.0.1', '::1'] },
    'none.test': { addresses: ['127.0.0.2', '127.0.0.3'] },
  })
  t.after(() => dns.close())
  const sender = startSender(t, { resolvers: [dns.address], searchList: [] })
  assert.equal(outcome(await sender.send(delivery(`http://some.test:${server.port}/`))), '200 ok')
  assert.equal(outcome(await sender.send(delivery(`http://none.test:${server.port}/`))), 'connect')
  assert.equal(sender.stats().openSockets, 1)
})

test('SEC-10: a name that does not resolve, and one that takes too long, are failures of their own', async (t) => {
  const dns = await startDnsServer({ 'mute.test': { addresses: [], silentFor: ['A', 'AAAA'] } })
  t.after(() => dns.close())
  const sender = startSender(t, { resolvers: [dns.address], searchList: [] })
  assert.equal(outcome(await sender.send(delivery('http://nowhere.test/'))), 'name')
  assert.equal(outcome(await sender.send(delivery('http://mute.test/', { timeoutMs: 100 }))), 'timeout')
})

test('SEC-10: where nobody listens, the attempt fails at once', async (t) => {
  const server: TcpServer = createServer()
  const port = await listen(t, server)
  await new Promise((resolve) => server.close(resolve))
  const result = await startSender(t).send(delivery(`http://127.0.0.1:${port}/`))
  assert.equal(outcome(result), 'connect')
})
