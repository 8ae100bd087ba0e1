import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { wholeHub } from '../support/hub.ts'

/** A hub, and a topic that somebody publishes. */
async function withTopic(t: TestContext, environment: Readonly<Record<string, string>> = {}) {
  const whole = await wholeHub(t, { environment: { LEASE_SECONDS_MIN: '1', ...environment } })
  const topic = whole.publisher.topic('/feed')
  let version = 0
  return {
    ...whole,
    topic,
    callback: whole.subscriber.callback(),
    /** Publishes something new, and delivers it to whoever it is owed. */
    async publishes() {
      whole.publisher.publishes('/feed', `content ${++version}`)
      await whole.ping(topic)
      await whole.drain()
    },
  }
}

const hmac = (secret: string, body: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

test('SUB-01 SUB-02 SUB-03 SUB-38 SUB-39 VER-01 VER-02 VER-03 VER-04 VER-05 VER-21 VER-22 VER-23 LEASE-01 LEASE-04: 202, and then a question with all that it must hold and nothing more', async (t) => {
  const { subscribe, drain, subscriber, topic, callback, world } = await withTopic(t)
  const answer = await subscribe(topic, callback, { 'hub.secret': 'do-not-tell' })
  assert.equal(answer.status, 202)
  assert.equal(subscriber.requests.length, 0, 'nothing is asked before the 202')
  world.advance({ seconds: 0 })
  await drain()
  const [question, ...more] = subscriber.verifications()
  assert.deepEqual(more, [])
  const names = (question?.rawQuery ?? '').split('&').map((pair) => pair.split('=')[0])
  assert.deepEqual(names, ['hub.mode', 'hub.topic', 'hub.challenge', 'hub.lease_seconds'])
  assert.equal(question?.method, 'GET')
  assert.equal(question?.body.length, 0)
  assert.equal(question?.parameter('hub.mode'), 'subscribe')
  assert.equal(question?.parameter('hub.topic'), topic)
  assert.match(question?.parameter('hub.challenge') ?? '', /^[A-Za-z0-9_-]{43}$/)
  assert.equal(question?.parameter('hub.lease_seconds'), '864000')
  assert.doesNotMatch(JSON.stringify(question?.rawHeaders) + question?.target, /do-not-tell/)
  assert.equal(question?.header('x-hub-signature'), undefined)
  assert.equal(question?.header('accept'), '*/*')
  assert.equal(question?.header('accept-encoding'), 'identity')
})

test('VER-06 VER-07 VER-08 DIST-11 SUB-25 PSH-07: the callback is called by its very bytes, ours appended', async (t) => {
  const { subscribe, drain, subscriber, topic, publishes } = await withTopic(t)
  const targets = [
    '/CB/%7Eu/a%2Fb;p?x=%20y+z',
    '/cb',
    '/cb2?',
    '/cb3?a=b&',
    '/cb4?hub.challenge=x&z=y&xhub.subscription=abc',
  ]
  for (const target of targets) await subscribe(topic, subscriber.callback(target))
  await drain()
  const asked = subscriber.verifications().map(({ target }) => target)
  for (const [target, begins] of [
    ['/CB/%7Eu/a%2Fb;p?x=%20y+z', '/CB/%7Eu/a%2Fb;p?x=%20y+z&hub.mode='],
    ['/cb', '/cb?hub.mode='],
    ['/cb2?', '/cb2?hub.mode='],
    ['/cb3?a=b&', '/cb3?a=b&hub.mode='],
    ['/cb4?hub.challenge=x&z=y&xhub.subscription=abc', '/cb4?hub.challenge=x&z=y&xhub.subscription=abc&hub.mode='],
  ] as const) {
    assert.ok(
      asked.some((each) => each.startsWith(begins)),
      `${target}: ${asked}`,
    )
  }
  await publishes()
  // The last echoed the challenge in its own query, which is not the hub's: it is no subscriber.
  assert.deepEqual(
    subscriber
      .deliveries()
      .map(({ target }) => target)
      .sort(),
    targets.slice(0, 4).sort(),
  )
})

for (const [status, type] of [
  [200, 'application/octet-stream'],
  [201, 'text/html'],
  [202, null],
  [203, 'text/plain; charset=x'],
  [299, 'application/json'],
] as const) {
  test(`VER-09 VER-10: ${status} with the challenge as ${type ?? 'no type at all'} confirms`, async (t) => {
    const { subscribe, drain, subscriber, topic, callback, publishes } = await withTopic(t)
    subscriber.verifies({ echo: status, type })
    await subscribe(topic, callback)
    await drain()
    assert.equal(subscriber.verifications()[0]?.status, status)
    await publishes()
    assert.equal(subscriber.deliveries().length, 1)
  })
}

for (const [row, what, answer] of [
  ['VER-12', '404', 'refuse'],
  ['VER-12 RETRY-17', '410', { status: 410 }],
  ['VER-12', '401', { status: 401 }],
  ['VER-12 VER-19', '500', { status: 500 }],
  ['VER-13', 'another body', 'wrong'],
  ['VER-13', 'the challenge and a newline', 'pad'],
  ['VER-13', 'an empty body', { status: 200, body: '' }],
  ['VER-11 A-22', 'a redirect', { status: 302, headers: { Location: '/elsewhere' } }],
  ['VER-18', 'a body without end', { fault: 'endless' }],
] as const) {
  test(`${row} VER-14 VER-20 SUB-19 LEASE-11: ${what} to a renewal leaves the subscription as it was, and nobody is called about it`, async (t) => {
    const { subscribe, drain, subscriber, topic, callback, publishes, world } = await withTopic(t)
    await subscribe(topic, callback, { 'hub.secret': 'A', 'hub.lease_seconds': '3600' })
    await drain()
    subscriber.verifies(answer)
    await subscribe(topic, callback, { 'hub.secret': 'B', 'hub.lease_seconds': '86400' })
    await drain()
    assert.equal(subscriber.verifications().length, 2)
    await publishes()
    assert.equal(subscriber.deliveries()[0]?.header('x-hub-signature'), hmac('A', 'content 1'))
    assert.equal(subscriber.denials().length, 0)
    assert.equal(
      subscriber.requests.some(({ path }) => path === '/elsewhere'),
      false,
    )
    world.advance({ minutes: 61 })
    await publishes()
    assert.equal(subscriber.deliveries().length, 1, 'the lease ended when it was to')
  })
}

test('SUB-17 SUB-18 SUB-20 LEASE-10: a repeat renews by its own question, and its secret and lease apply', async (t) => {
  const { subscribe, drain, subscriber, topic, callback, publishes, world } = await withTopic(t)
  await subscribe(topic, callback, { 'hub.secret': 'A', 'hub.lease_seconds': '86400' })
  await drain()
  await subscribe(topic, callback, { 'hub.secret': 'B', 'hub.lease_seconds': '600' })
  await drain()
  const challenges = subscriber.verifications().map((each) => each.parameter('hub.challenge'))
  assert.equal(new Set(challenges).size, 2)
  await publishes()
  assert.deepEqual(
    subscriber.deliveries().map((each) => each.header('x-hub-signature')),
    [hmac('B', 'content 1')],
  )
  await subscribe(topic, callback, { 'hub.lease_seconds': '600' })
  await drain()
  await publishes()
  assert.equal(subscriber.deliveries()[1]?.header('x-hub-signature'), undefined, 'renewed without a secret')
  world.advance({ minutes: 11 })
  await publishes()
  assert.equal(subscriber.deliveries().length, 2, 'the shorter lease ended')
})

test('SUB-22: of two requests in flight the newest wins, bound to its own challenge', async (t) => {
  const { subscribe, drain, subscriber, topic, callback, publishes, world, hub } = await withTopic(t)
  const held = Promise.withResolvers<void>()
  subscriber.verifiesNext({ until: held.promise, body: 'x' })
  await subscribe(topic, callback, { 'hub.secret': 'A' })
  world.advance({ seconds: 1 })
  const draining = hub.drain()
  await subscriber.until(() => subscriber.verifications().length === 1, 'the first question')
  const first = subscriber.verifications()[0]?.parameter('hub.challenge')
  await subscribe(topic, callback, { 'hub.secret': 'B' })
  held.resolve()
  await draining
  await drain()
  assert.notEqual(subscriber.verifications()[1]?.parameter('hub.challenge'), first)
  await publishes()
  assert.deepEqual(
    subscriber.deliveries().map((each) => each.header('x-hub-signature')),
    [hmac('B', 'content 1')],
  )
})

test('VER-27: a hundred identical requests of a moment are far fewer questions', async (t) => {
  const { subscribe, drain, subscriber, topic, callback } = await withTopic(t)
  const answers = await Promise.all(Array.from({ length: 100 }, () => subscribe(topic, callback)))
  assert.ok(answers.every(({ status }) => status === 202))
  await drain()
  assert.ok(subscriber.verifications().length <= 3, `${subscriber.verifications().length} questions`)
})

test('rule 14: a thousand requests of one moment leave a thousand subscriptions', async (t) => {
  const { subscribe, drain, subscriber, topic, database, world } = await withTopic(t)
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_, at) =>
      subscribe(topic, subscriber.callback(`/cb/${at}`)).then(({ status }) => status),
    ),
  )
  assert.deepEqual([...new Set(answers)], [202])
  for (let second = 0; second < 10; second++) await drain()
  world.advance({ seconds: 10 })
  await drain()
  const { count } = await database.db
    .selectFrom('subscription')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  assert.equal(count, 1000)
})

test('SUB-21 UNS-01 UNS-02 UNS-05 UNS-10: unsubscribing ends one pair and no other, and one may come again', async (t) => {
  const { subscribe, unsubscribe, drain, subscriber, publisher, topic, publishes, ping } = await withTopic(t)
  const other = publisher.topic('/other')
  const [c1, c2] = [subscriber.callback('/1'), subscriber.callback('/2')]
  for (const [each, callback] of [
    [topic, c1],
    [topic, c2],
    [other, c1],
  ] as const)
    await subscribe(each, callback)
  await drain()
  assert.equal((await unsubscribe(topic, c1)).status, 202)
  await drain()
  const question = subscriber.verifications().at(-1)
  assert.equal(question?.parameter('hub.mode'), 'unsubscribe')
  assert.equal(question?.parameter('hub.lease_seconds'), undefined, 'VER-26')
  publisher.publishes('/other', 'other')
  await ping(other)
  await publishes()
  assert.deepEqual(
    subscriber
      .deliveries()
      .map(({ path, text }) => [path, text])
      .sort(),
    [
      ['/1', 'other'],
      ['/2', 'content 1'],
    ],
  )
  await subscribe(topic, c1)
  await drain()
  await publishes()
  assert.equal(subscriber.deliveries({ path: '/1' }).at(-1)?.text, 'content 2')
})

test('UNS-03 UNS-04 UNS-06 UNS-07 UNS-12 VAL-07: an unsubscription that is not confirmed changes nothing, nor do its lease and secret', async (t) => {
  const { subscribe, unsubscribe, drain, subscriber, publisher, topic, callback, publishes } = await withTopic(t)
  await subscribe(topic, callback, { 'hub.secret': 'A' })
  await drain()
  subscriber.verifies('refuse')
  const answer = await unsubscribe(topic, callback, { 'hub.lease_seconds': 'banana', 'hub.secret': 'wrong' })
  assert.equal(answer.status, 202)
  await drain()
  assert.equal(publisher.requests.length, 0)
  await publishes()
  assert.equal(subscriber.deliveries()[0]?.header('x-hub-signature'), hmac('A', 'content 1'))
})

test('UNS-09 SEC-18 A-05: an unsubscription of nothing is answered as any other', async (t) => {
  const { subscribe, unsubscribe, drain, subscriber, topic, publishes } = await withTopic(t)
  await subscribe(topic, subscriber.callback('/known'))
  await drain()
  const known = await unsubscribe(topic, subscriber.callback('/known'))
  const unknown = await unsubscribe(topic, subscriber.callback('/unknown'))
  assert.equal(unknown.status, known.status)
  assert.equal(await unknown.text(), await known.text())
  await drain()
  await publishes()
  assert.equal(subscriber.deliveries().length, 0)
})

test('UNS-11: subscribe and unsubscribe at once end unsubscribed', async (t) => {
  const { subscribe, unsubscribe, drain, subscriber, topic, callback, publishes } = await withTopic(t)
  await subscribe(topic, callback)
  await unsubscribe(topic, callback)
  await drain()
  await publishes()
  assert.equal(subscriber.deliveries().length, 0)
})

test('LEASE-02 LEASE-13 DIST-14: an ended lease gets nothing, and nobody is told', async (t) => {
  const { subscribe, drain, subscriber, topic, callback, publishes, world } = await withTopic(t)
  await subscribe(topic, callback, { 'hub.lease_seconds': '60' })
  await drain()
  const before = subscriber.requests.length
  world.advance({ minutes: 2 })
  await publishes()
  assert.equal(subscriber.requests.length, before)
})

for (const [asked, granted] of [
  ['7200', '7200'],
  ['9999999999', '2592000'],
  ['1', '1'],
  ['9'.repeat(30), '2592000'],
  ['315360000', '2592000'],
  ['', '864000'],
] as const) {
  test(`LEASE-03 LEASE-05 LEASE-06 LEASE-08 PSH-06: a lease of '${asked}' is granted as ${granted}`, async (t) => {
    const { subscribe, drain, subscriber, topic, callback } = await withTopic(t)
    assert.equal((await subscribe(topic, callback, { 'hub.lease_seconds': asked })).status, 202)
    await drain()
    assert.equal(subscriber.verifications()[0]?.parameter('hub.lease_seconds'), granted)
  })
}

for (const asked of ['0', '-1', '1.5', '1e6', 'abc', '+60', '0x10', ' 60']) {
  test(`LEASE-07 A-07: a lease of '${asked}' is refused with a sentence`, async (t) => {
    const { subscribe, topic, callback } = await withTopic(t)
    const answer = await subscribe(topic, callback, { 'hub.lease_seconds': asked })
    assert.equal(answer.status, 400)
    assert.match(await answer.text(), /hub\.lease_seconds/)
  })
}

test('VER-15 LEASE-09: the lease counts from the question, not from its answer', async (t) => {
  const { subscribe, drain, subscriber, topic, callback, database, world, hub } = await withTopic(t)
  const held = Promise.withResolvers<void>()
  subscriber.verifies({ echo: 200, type: null, until: held.promise })
  await subscribe(topic, callback, { 'hub.lease_seconds': '600' })
  world.advance({ seconds: 1 })
  const before = world.now()
  const draining = hub.drain()
  await subscriber.until(() => subscriber.verifications().length === 1, 'the question')
  const after = world.now()
  world.advance({ seconds: 5 })
  held.resolve()
  await draining
  await drain()
  const row = await database.db
    .selectFrom('subscription')
    .select(['lease_began_at', 'lease_ends_at'])
    .executeTakeFirstOrThrow()
  assert.ok(row.lease_began_at >= before && row.lease_began_at <= after)
  assert.equal(row.lease_ends_at.getTime() - row.lease_began_at.getTime(), 600_000)
})

test('LEASE-15 A-08 VER-24 VER-25 PSH-02: a lease the subscriber did not ask for is renewed by asking again, with its token', async (t) => {
  const { subscribe, drain, subscriber, topic, callback, publishes, world } = await withTopic(t)
  await subscribe(topic, callback, { 'hub.verify_token': 'a&b+é' })
  await drain()
  world.advance({ days: 9, hours: 23 })
  await drain()
  await drain()
  assert.deepEqual(
    subscriber.verifications().map((each) => each.parameter('hub.verify_token')),
    ['a&b+é', 'a&b+é'],
  )
  world.advance({ days: 5 })
  await publishes()
  assert.equal(subscriber.deliveries().length, 1)
  subscriber.verifies('refuse')
  world.advance({ days: 4, hours: 23 })
  await drain()
  await drain()
  world.advance({ days: 2 })
  await publishes()
  assert.equal(subscriber.deliveries().length, 1, 'a 404 let it run out')
})

test('LEASE-15: a lease that was asked for ends when it was to', async (t) => {
  const { subscribe, drain, subscriber, topic, callback, publishes, world } = await withTopic(t)
  await subscribe(topic, callback, { 'hub.lease_seconds': '86400' })
  await drain()
  world.advance({ hours: 23, minutes: 50 })
  await drain()
  world.advance({ minutes: 20 })
  await publishes()
  assert.equal(subscriber.verifications().length, 1)
  assert.equal(subscriber.deliveries().length, 0)
})

test('VAL-03 DEN-01 DEN-02 DEN-03 DEN-04 DEN-07 DEN-09 A-28: a topic that is not registered is denied, evaluated afresh each time, and nothing is subscribed', async (t) => {
  const { subscribe, drain, subscriber, publisher, database } = await withTopic(t, {
    TOPIC_POLICY: 'registered',
    TOPICS_REGISTERED: 'http://registered.test/*',
  })
  const topic = publisher.topic('/foreign')
  assert.equal((await subscribe(topic, subscriber.callback('/cb?k=7'))).status, 202)
  await drain()
  const [denial] = subscriber.denials()
  assert.ok(denial?.rawQuery.startsWith('k=7&hub.mode=denied&'))
  assert.equal(denial?.parameter('hub.topic'), topic)
  assert.match(denial?.parameter('hub.reason') ?? '', /\w/)
  assert.equal(denial?.parameter('hub.challenge'), undefined)
  assert.equal(denial?.header('location'), undefined, 'DEN-09')
  assert.equal((await database.db.selectFrom('subscription').selectAll().execute()).length, 0)
  await subscribe(topic, subscriber.callback('/cb?k=7'))
  await drain()
  assert.equal(subscriber.denials().length, 2)
})

test('DEN-12: an unsubscription is never denied', async (t) => {
  const { unsubscribe, drain, subscriber, publisher } = await withTopic(t, { TOPIC_POLICY: 'registered' })
  assert.equal((await unsubscribe(publisher.topic('/foreign'), subscriber.callback())).status, 202)
  await drain()
  assert.equal(subscriber.denials().length, 0)
})

test('DEN-08 DEN-11: a denial is told again to a server in trouble, once to any other', async (t) => {
  const { subscribe, drain, subscriber, publisher, world, database } = await withTopic(t, {
    TOPIC_POLICY: 'registered',
  })
  const topic = publisher.topic('/foreign')
  await subscribe(topic, subscriber.callback('/a'))
  subscriber.deniesNext({ status: 503 })
  await drain()
  subscriber.deniesNext({ status: 404 })
  await subscribe(topic, subscriber.callback('/b'))
  world.advance({ minutes: 1 })
  await drain()
  assert.equal(subscriber.denials({ path: '/a' }).length, 2)
  assert.equal(subscriber.denials({ path: '/b' }).length, 1)
  assert.equal((await database.db.selectFrom('denial').selectAll().execute()).length, 0)
})

test('DEN-10: fifty denials to one host are spread over seconds', async (t) => {
  const { subscribe, drain, subscriber, publisher } = await withTopic(t, { TOPIC_POLICY: 'registered' })
  const topic = publisher.topic('/foreign')
  await Promise.all(Array.from({ length: 50 }, (_, at) => subscribe(topic, subscriber.callback(`/${at}`))))
  await drain()
  const atOnce = subscriber.denials().length
  assert.ok(atOnce < 30, `${atOnce} at once`)
  for (let second = 0; second < 6; second++) await drain()
  assert.equal(subscriber.denials().length, 50)
})

test('SUB-13 SUB-14 A-06: a secret of 199 bytes is taken, of 200 refused, an empty one is none', async (t) => {
  const { subscribe, drain, subscriber, topic, publishes } = await withTopic(t)
  for (const [secret, status] of [
    ['a'.repeat(199), 202],
    ['a'.repeat(200), 400],
    ['é'.repeat(100), 400],
    [`${'é'.repeat(99)}a`, 202],
  ] as const) {
    const answer = await subscribe(topic, subscriber.callback('/long'), { 'hub.secret': secret })
    assert.equal(answer.status, status)
    if (status === 400) assert.match(await answer.text(), /hub\.secret/)
  }
  await subscribe(topic, subscriber.callback('/none'), { 'hub.secret': '' })
  await drain()
  await publishes()
  assert.equal(subscriber.deliveries({ path: '/none' })[0]?.header('x-hub-signature'), undefined)
})

test('SUB-34 SEC-24: the hub neither calls itself nor serves itself as a topic', async (t) => {
  const { subscribe, topic, callback } = await withTopic(t)
  for (const [parameter, answer] of [
    ['hub.callback', await subscribe(topic, 'http://localhost:7/cb')],
    ['hub.topic', await subscribe('http://LOCALHOST:7/feed', callback)],
  ] as const) {
    assert.equal(answer.status, 400)
    assert.match(await answer.text(), new RegExp(parameter.replace('.', '\\.')))
  }
})

test('SIG-07 SIG-09 A-19 PSH-01: sha1 for hub.verify=sync alone, else sha256 or what the subscriber chose of what there is', async (t) => {
  const { post, drain, subscriber, topic, publishes } = await withTopic(t)
  const ask = (path: string, ...more: readonly (readonly [string, string])[]) =>
    post([
      ['hub.mode', 'subscribe'],
      ['hub.topic', topic],
      ['hub.callback', subscriber.callback(path)],
      ['hub.secret', 's'],
      ...more,
    ])
  await ask('/sync', ['hub.verify', 'sync'])
  await ask('/both', ['hub.verify', 'sync'], ['hub.verify', 'async'])
  await ask('/plain')
  await ask('/sha512', ['hub.signature_algorithm', 'sha512'])
  await ask('/unknown', ['hub.signature_algorithm', 'md5'])
  await drain()
  await publishes()
  const method = (path: string) => subscriber.deliveries({ path })[0]?.header('x-hub-signature')?.split('=')[0]
  assert.deepEqual(['/sync', '/both', '/plain', '/sha512', '/unknown'].map(method), [
    'sha1',
    'sha256',
    'sha256',
    'sha512',
    'sha256',
  ])
})

test('SIG-14 SEC-15: secrets are not readable in the database, nor told in events', async (t) => {
  const { subscribe, drain, topic, callback, database, recorded } = await withTopic(t)
  await subscribe(topic, callback, { 'hub.secret': 'unmistakable-secret' })
  const pending = await database.db.selectFrom('verification').selectAll().execute()
  await drain()
  const kept = await database.db.selectFrom('subscription').selectAll().execute()
  for (const row of [...pending, ...kept]) assert.equal(row.secret?.includes('unmistakable'), false)
  assert.doesNotMatch(JSON.stringify(recorded.told), /unmistakable/)
})

test('VAL-02 VAL-04 VAL-08 SUB-15 VER-16: a topic that does not answer delays no 202 and refuses no subscription', async (t) => {
  const { subscribe, drain, subscriber, publisher, callback } = await withTopic(t)
  publisher.answers('/down', { status: 503 })
  const beganMs = performance.now()
  assert.equal((await subscribe(publisher.topic('/down'), callback)).status, 202)
  assert.ok(performance.now() - beganMs < 2000)
  await drain()
  assert.equal(subscriber.verifications().length, 1)
})

test('VAL-05 VAL-06 A-11 A-12 SEC-23: a strict hub denies a topic that names another hub or another self, quoting nothing of it', async (t) => {
  const { subscribe, drain, subscriber, publisher } = await withTopic(t, { TOPIC_STRICT: 'on' })
  publisher.publishes('/nameless', 'MARKER', { hubs: [] })
  publisher.publishes('/alias', 'MARKER', { self: publisher.topic('/true') })
  publisher.publishes('/fine', 'MARKER')
  for (const path of ['/nameless', '/alias', '/fine']) await subscribe(publisher.topic(path), subscriber.callback(path))
  await drain()
  await drain()
  assert.deepEqual(
    subscriber.verifications().map(({ path }) => path),
    ['/fine'],
  )
  assert.match(subscriber.denials({ path: '/alias' })[0]?.parameter('hub.reason') ?? '', /\/true/)
  for (const denial of subscriber.denials()) assert.doesNotMatch(denial.target, /MARKER/)
  assert.equal(subscriber.denials().length, 2)
})

test('MIG-11: one hub by any of its names', async (t) => {
  const { subscribe, drain, subscriber, publisher, callback, ping } = await withTopic(t, {
    HUB_URL_ALIASES: 'https://www.hub.test/,http://hub.test',
  })
  publisher.publishes('/feed', 'content', { hubs: ['http://hub.test', 'https://other-hub.test/'] })
  await subscribe(publisher.topic('/feed'), callback)
  await drain()
  await ping(publisher.topic('/feed'))
  await drain()
  const topic = publisher.topic('/feed')
  assert.equal(
    subscriber.deliveries()[0]?.header('link'),
    `<${topic}>; rel="self", <http://hub.test>; rel="hub", <https://other-hub.test/>; rel="hub"`,
  )
})
