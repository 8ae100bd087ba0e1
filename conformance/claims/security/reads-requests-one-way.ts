import { encodeForm } from '../../asking.ts'
import { type Claim, expect } from '../../claim.ts'
import type { Context } from '../../context.ts'

export const claim: Claim = {
  rows: ['SEC-21'],
  level: 'hardening',
  section: 'RFC 9112 §6.3',
  title:
    'A request whose length can be read in two ways carries no second one past a proxy that reads it the other way',
  sends:
    'subscription requests with two Content-Length that differ; and with Transfer-Encoding beside Content-Length, a GET behind it',
  expects:
    'status 400, or that the connection is closed, and no verification; of the second an answer will do if that ends the connection',
  presupposes: ['subscription/is-verified'],
  async run(context) {
    await Promise.all([refusesTwoLengths(context), answersNothingBehind(context)])
  },
}

async function refusesTwoLengths(context: Context): Promise<void> {
  const { subscriber, head, form } = request(context)
  const lengths = [`Content-Length: ${form.length}`, 'Content-Length: 3', 'Connection: close']
  const [status] = statusesIn(await context.sendRaw(`${[...head, ...lengths].join('\r\n')}\r\n\r\n${form}`))
  const expected = 'a 4xx for two Content-Length that differ, or a closed connection'
  expect(status === undefined || status.includes(' 4'), { expected, found: status ?? '' })
  await context.stays(() => subscriber.requests.length === 0, {
    expected: 'no verification after a request with two Content-Length that differ',
    found: () => 'one',
  })
}

/** RFC 9112 §6.1: a server may read it by Transfer-Encoding, and then MUST close the connection. */
async function answersNothingBehind(context: Context): Promise<void> {
  const { head, form, get } = request(context)
  const chunks = `${form.length.toString(16)}\r\n${form}\r\n0\r\n\r\n`
  const lengths = [`Content-Length: ${chunks.length}`, 'Transfer-Encoding: chunked']
  const answers = await context.sendRaw(`${[...head, ...lengths].join('\r\n')}\r\n\r\n${chunks}${get}`)
  const [first = 'no answer', second] = statusesIn(answers)
  const expected = 'no answer to a request behind one with both Content-Length and Transfer-Encoding'
  expect(second === undefined, { expected, found: `${first}, then ${second}` })
}

function request({ hub, topic, callback }: Context) {
  const { pathname, search, host } = new URL(hub)
  const subscriber = callback()
  return {
    subscriber,
    form: encodeForm({ 'hub.mode': 'subscribe', 'hub.topic': topic().url, 'hub.callback': subscriber.url }),
    head: [`POST ${pathname}${search} HTTP/1.1`, `Host: ${host}`, 'Content-Type: application/x-www-form-urlencoded'],
    get: `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  }
}

function statusesIn(answers: string): readonly string[] {
  return [...answers.matchAll(/^HTTP\/1\.[01] \d{3}.*$/gm)].map(([line]) => line.trim())
}
