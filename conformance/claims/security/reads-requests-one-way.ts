import { encodeForm } from '../../asking.ts'
import { type Claim, expect } from '../../claim.ts'
import type { Context } from '../../context.ts'

const ambiguous: Readonly<Record<string, (length: number) => readonly string[]>> = {
  'both Content-Length and Transfer-Encoding': (length) => [`Content-Length: ${length}`, 'Transfer-Encoding: chunked'],
  'two Content-Length that differ': (length) => [`Content-Length: ${length}`, 'Content-Length: 3'],
}

export const claim: Claim = {
  rows: ['SEC-21'],
  level: 'hardening',
  section: 'RFC 9112 §6.3',
  title: 'A request whose length can be read in two ways is refused: a proxy in front may read it the other way',
  sends: `subscription requests with ${Object.keys(ambiguous).join(', and with ')}`,
  expects: 'status 400, or that the connection is closed; no verification',
  presupposes: ['subscription/is-verified'],
  async run(context) {
    await Promise.all(Object.entries(ambiguous).map(([what, headers]) => check(context, what, headers)))
  },
}

async function check(
  { hub, sendRaw, topic, callback, stays }: Context,
  what: string,
  lengthHeaders: (length: number) => readonly string[],
): Promise<void> {
  const subscriber = callback()
  const form = encodeForm({ 'hub.mode': 'subscribe', 'hub.topic': topic().url, 'hub.callback': subscriber.url })
  const chunk = `${form.length.toString(16)}\r\n${form}\r\n0\r\n\r\n`
  const { pathname, search, host } = new URL(hub)
  const lines = [
    `POST ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/x-www-form-urlencoded',
    ...lengthHeaders(chunk.length),
    'Connection: close',
  ]
  const body = what.includes('Transfer-Encoding') ? chunk : form
  const answer = await sendRaw(`${lines.join('\r\n')}\r\n\r\n${body}`)
  const status = answer.split('\r\n')[0] ?? ''
  const expected = `a 4xx for ${what}, or a closed connection`
  expect(!/^HTTP\/1\.[01] [235]/.test(status), { expected, found: status })
  await stays(() => subscriber.requests.length === 0, {
    expected: `no verification after a request with ${what}`,
    found: () => 'one',
  })
}
