import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { PeerAnswer, Seen } from '../support/peer.ts'
import { inTheField, linksOf, phpParameters, urlencoded } from './field.ts'

const json404: PeerAnswer = {
  status: 404,
  headers: { 'Content-Type': 'application/json' },
  body: '{"error":"bad_request"}',
}

/** What its subscriber says to a question: it wants all four parameters, and the topic letter for letter. */
function answersQuestion(seen: Seen, topic: string): PeerAnswer {
  const { hub_mode, hub_topic, hub_challenge, hub_lease_seconds } = phpParameters(seen)
  const good =
    (hub_mode === 'subscribe' && hub_lease_seconds !== undefined) || hub_mode === 'unsubscribe'
      ? hub_topic === topic && hub_challenge !== undefined
      : false
  return good ? { headers: { 'Content-Type': 'application/octet-stream' }, body: hub_challenge ?? '' } : json404
}

interface Rocks {
  readonly number: number
  readonly type?: string
  readonly secret?: string
  readonly more?: readonly (readonly [string, string])[]
}

/** Its hub test: its publisher and its subscriber, each as it sends and judges. */
async function rocks(t: TestContext, { number, type = 'text/html; charset=UTF-8', secret, more = [] }: Rocks) {
  const field = await inTheField(t)
  const token = 'Zk3aTq7mXw9bLd2RfPu5'
  const topic = field.publisher.topic(`/hub/${number}/pub/${token}`)
  const peer = await field.listens((seen) => (seen.method === 'GET' ? answersQuestion(seen, topic) : { status: 200 }))
  const callback = `${peer.origin}/hub/${number}/sub/${token}`
  const deliveries = () => peer.requests.filter(({ method }) => method === 'POST')
  return {
    ...field,
    deliveries,
    questions: () => peer.requests.filter(({ method }) => method === 'GET'),
    async asks(mode: 'subscribe' | 'unsubscribe') {
      const fields = [
        ['hub.mode', mode],
        ['hub.topic', topic],
        ['hub.callback', callback],
      ] as const
      const withSecret = secret === undefined ? fields : [...fields, ['hub.secret', secret] as const]
      assert.equal((await field.sends(urlencoded([...withSecret, ...more]))).status, 202)
      await field.drain()
    },
    /** Publishes, and judges the notification as its subscriber does. */
    async publishes(content: string) {
      field.publisher.publishes(`/hub/${number}/pub/${token}`, content, { type })
      await field.sends(
        urlencoded([
          ['hub.mode', 'publish'],
          ['hub.topic', topic],
        ]),
      )
      await field.drain()
    },
    judges(delivery: Seen | undefined, content: string) {
      assert.ok(delivery)
      assert.equal(delivery.text, content)
      assert.equal(delivery.header('content-type'), type)
      assert.deepEqual(linksOf(delivery), { self: topic, hub: 'http://localhost:7/' })
      const signature = delivery.header('x-hub-signature')
      if (secret === undefined) return assert.equal(signature, undefined)
      const [method = '', hex] = signature?.split('=') ?? []
      assert.ok(['sha1', 'sha256', 'sha384', 'sha512'].includes(method))
      assert.equal(hex, createHmac(method, secret).update(content).digest('hex'))
    },
  }
}

for (const [what, options] of [
  ['100, a typical subscriber', { number: 100 }],
  ['101, a secret of 20 characters', { number: 101, secret: 'hYq3Wm8sKt5vNx2bDj7r' }],
  [
    '102, parameters nobody knows',
    {
      number: 102,
      more: [
        ['foo', 'bar'],
        ['hub.foo', 'hub.bar'],
      ],
    },
  ],
  ['105, a topic in plain text', { number: 105, type: 'text/plain' }],
  ['106, a topic in JSON', { number: 106, type: 'application/json' }],
] as const satisfies readonly (readonly [string, Rocks])[]) {
  test(`PEER-01 PUB-03: websub.rocks' hub test ${what}, wants 202, all of the question, and the notification as the topic is`, async (t) => {
    const { asks, publishes, judges, deliveries, questions } = await rocks(t, options)
    await asks('subscribe')
    assert.deepEqual(
      questions().map(({ status }) => status),
      [200],
    )
    assert.doesNotMatch(questions()[0]?.target ?? '', /[?&](hub\.)?foo=/)
    await publishes('one')
    judges(deliveries()[0], 'one')
  })
}

test("PEER-01: websub.rocks' hub test 103, subscribing again, wants one notification", async (t) => {
  const { asks, publishes, judges, deliveries, questions } = await rocks(t, { number: 103 })
  await asks('subscribe')
  await asks('subscribe')
  assert.deepEqual(
    questions().map(({ status }) => status),
    [200, 200],
  )
  await publishes('one')
  assert.equal(deliveries().length, 1)
  judges(deliveries()[0], 'one')
})

test("PEER-01: websub.rocks' hub test 104, unsubscribing, wants no notification any more", async (t) => {
  const { asks, publishes, deliveries } = await rocks(t, { number: 104 })
  await asks('subscribe')
  await publishes('one')
  await asks('unsubscribe')
  await publishes('two')
  assert.deepEqual(
    deliveries().map(({ text }) => text),
    ['one'],
  )
})

test("PEER-02 PSH-15: websub.rocks' publisher test takes one question a request, with a lease, and its token stays in the callback", async (t) => {
  const { sends, listens, drain, publisher } = await inTheField(t)
  const topic = publisher.topic('/blog')
  let pending = true
  const peer = await listens((seen) => {
    const { hub_topic, hub_challenge, hub_lease_seconds, token } = phpParameters(seen)
    if (seen.method === 'POST') return { status: token === 'q7XwZk3aTm' ? 200 : 404 }
    const good = pending && token === 'q7XwZk3aTm' && hub_topic === topic && hub_lease_seconds === '7200'
    pending = false
    return good ? { headers: { 'Content-Type': 'text/plain' }, body: hub_challenge ?? '' } : json404
  })
  const answer = await sends(
    urlencoded([
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.callback', `${peer.origin}/publisher/callback?token=q7XwZk3aTm`],
      ['hub.lease_seconds', '7200'],
    ]),
  )
  assert.equal(answer.status, 202)
  await drain()
  publisher.publishes('/blog', 'post')
  await sends(
    urlencoded([
      ['hub.mode', 'publish'],
      ['hub.url', topic],
    ]),
  )
  await drain()
  assert.deepEqual(
    peer.requests.map(({ method, status }) => [method, status]),
    [
      ['GET', 200],
      ['POST', 200],
    ],
  )
})

test('PEER-03: who passed its subscriber tests refuses a question for another topic, and a delivery without a signature', async (t) => {
  const { sends, listens, drain, publisher } = await inTheField(t)
  const topic = publisher.topic('/blog')
  const secret = 'a secret'
  const peer = await listens((seen) => {
    if (seen.method === 'GET')
      return seen.parameter('hub.topic') === topic ? { body: seen.parameter('hub.challenge') ?? '' } : json404
    const [method = '', hex] = seen.header('x-hub-signature')?.split('=') ?? []
    if (hex === undefined) return { status: 400 }
    return { status: hex === createHmac(method, secret).update(seen.body).digest('hex') ? 204 : 202 }
  })
  const asks = (about: string) =>
    sends(
      urlencoded([
        ['hub.mode', 'subscribe'],
        ['hub.topic', about],
        ['hub.callback', `${peer.origin}/cb`],
        ['hub.secret', secret],
      ]),
    )
  await asks(topic)
  await asks(publisher.topic('/other'))
  await drain()
  assert.deepEqual(peer.requests.map(({ status }) => status).sort(), [200, 404])
  publisher.publishes('/blog', 'post')
  publisher.publishes('/other', 'nobody wants this')
  await sends(
    urlencoded([
      ['hub.mode', 'publish'],
      ['hub.url', topic],
      ['hub.url', publisher.topic('/other')],
    ]),
  )
  await drain()
  assert.deepEqual(
    peer.requests.filter(({ method }) => method === 'POST').map(({ text, status }) => [text, status]),
    [['post', 204]],
  )
})
