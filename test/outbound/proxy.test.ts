import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer as createHttpsServer } from 'node:https'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { parseProxy } from '../../src/outbound/proxy.ts'
import { delivery, listen, okAnswer, outcome, startRaw, startSender, startTcp } from './setup.ts'

const certificate = readFileSync(new URL('../fixtures/tls/localhost.cert.pem', import.meta.url), 'utf8')
const key = readFileSync(new URL('../fixtures/tls/localhost.key.pem', import.meta.url), 'utf8')

/** A proxy that tunnels everything to one port. */
async function startTunnels(t: TestContext, port: number): Promise<{ readonly url: string; readonly heads: string[] }> {
  const heads: string[] = []
  const proxyPort = await startTcp(t, (socket) => {
    socket.once('data', (head) => {
      heads.push(head.toString('latin1'))
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n')
        socket.pipe(onward).pipe(socket)
      })
      onward.on('error', () => socket.destroy())
    })
  })
  return { url: `http://hub:p%40ss@127.0.0.1:${proxyPort}`, heads }
}

test('through a proxy an http request goes in absolute form, with the proxy’s own authorization', async (t) => {
  const proxy = await startRaw(t, okAnswer)
  const sender = startSender(t, { proxyUrl: proxy.url.replace('//', '//hub:p%40ss@'), loopbackAllowed: false })
  assert.equal(outcome(await sender.send(delivery('http://sub.example/CB/../x?y'))), '200 ok')
  const request = proxy.requests[0] ?? ''
  assert.match(request, /^POST http:\/\/sub\.example\/CB\/\.\.\/x\?y HTTP\/1\.1\r\nhost: sub\.example\r\n/)
  assert.ok(request.includes(`Proxy-Authorization: Basic ${Buffer.from('hub:p@ss').toString('base64')}\r\n`))
})

test('through a proxy an https request goes in a tunnel, and the certificate is checked at its far end', async (t) => {
  const requests: string[] = []
  const server = createHttpsServer({ cert: certificate, key }, (request, response) => {
    requests.push(JSON.stringify(request.rawHeaders))
    response.end('ok')
  })
  const proxy = await startTunnels(t, await listen(t, server))
  const sender = startSender(t, { proxyUrl: proxy.url, extraCertificates: certificate, loopbackAllowed: false })
  assert.equal(outcome(await sender.send(delivery('https://secure.test/'))), '200 ok')
  assert.equal(outcome(await sender.send(delivery('https://other.test/'))), 'tls')
  assert.match(
    proxy.heads[0] ?? '',
    /^CONNECT secure\.test:443 HTTP\/1\.1\r\nHost: secure\.test:443\r\nProxy-Authorization: Basic /,
  )
  assert.doesNotMatch(requests.join(), /proxy/i)
})

test('SEC-01: literal forbidden addresses and localhost are refused before the proxy hears of them', async (t) => {
  const proxy = await startRaw(t, okAnswer)
  const sender = startSender(t, { proxyUrl: proxy.url, loopbackAllowed: false })
  for (const host of ['127.0.0.1', '0x7f.1', '[::1]', '10.0.0.1', '169.254.169.254', 'localhost', 'a.localhost']) {
    assert.equal(outcome(await sender.send(delivery(`http://${host}/`))), 'forbidden', host)
  }
  assert.equal(proxy.connections.length, 0)
})

test('a proxy that refuses the tunnel, or is not there, is a failure to connect', async (t) => {
  const refusing = await startRaw(t, 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
  const result = await startSender(t, { proxyUrl: refusing.url }).send(delivery('https://sub.example/'))
  assert.equal(outcome(result), 'connect')
  assert.match(result.kind === 'no-answer' ? result.why : '', /the egress proxy opens no tunnel: it answered 403/)
  const closing = await startTcp(t, (socket) => socket.end())
  const other = startSender(t, { proxyUrl: `http://127.0.0.1:${closing}` })
  assert.equal(outcome(await other.send(delivery('https://sub.example/'))), 'connect')
  assert.throws(() => parseProxy('socks5://h:1'), /has to be an http URL/)
})
