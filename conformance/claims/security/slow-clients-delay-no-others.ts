import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expectAccepted } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'

const clients = 40

export const claim: Claim = {
  rows: ['SEC-10'],
  level: 'hardening',
  section: '8',
  title: 'Clients that never end their requests keep no others waiting',
  sends: `${clients} requests of which the header, or the form, breaks off, their connections left open; then an ordinary subscription request`,
  expects: 'a 2xx at once, and a verification of intent',
  presupposes: ['subscription/is-verified'],
  alone: true,
  async run({ hub, pass, subscribe, topic, callback, timing }) {
    const sockets = await Promise.all(Array.from({ length: clients }, (_, at) => beginRequest(hub, at % 2 === 0)))
    try {
      await pass(timing.settleMs) // Until the hub has taken these connections: there is no fact to wait for.
      const subscriber = callback()
      const answer = await subscribe(topic(), subscriber)
      expectAccepted(answer, 'an ordinary subscription request')
      const found = `one after ${(answer.tookMs / 1000).toFixed(1)} s`
      expect(answer.tookMs < timing.promptMs, { expected: 'an answer at once', found }, answer)
      await subscriber.verification()
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  },
}

async function beginRequest(hub: string, wholeHeader: boolean): Promise<Socket> {
  const { protocol, hostname, port, pathname, host } = new URL(hub)
  const name = hostname.replace(/^\[|\]$/g, '')
  const secure = protocol === 'https:'
  const socket = secure
    ? connectTls({ host: name, port: Number(port || 443), servername: name })
    : connect({ host: name, port: Number(port || 80) })
  // The hub may end it whenever it likes.
  socket.on('error', () => {})
  await Promise.race([once(socket, secure ? 'secureConnect' : 'connect'), once(socket, 'close')])
  const form = 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nhub.mode=sub'
  socket.write(`POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${wholeHeader ? form : 'Accept: */'}`)
  return socket
}
