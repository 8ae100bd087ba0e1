import assert from 'node:assert/strict'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type TestContext, test } from 'node:test'
import { parseFragment } from '../../src/fragments/fragment.ts'
import { readPage } from '../../src/fragments/page.ts'
import { partOf } from '../../src/fragments/part.ts'
import { createSelector, type SelectorSettings } from '../../src/fragments/selector.ts'
import { wholeHub } from '../support/hub.ts'

const small = page('<p class=a>x</p>')
/** Minutes of work: for each element, all that it holds is searched. */
const nasty = { page: page('<div>'.repeat(30_000)), fragment: ':has(:has(.x, .y), .z)' }

test('SF-15: in a page of 10 MiB a part is found beside the event loop, and is the same', async (t) => {
  const { selector } = started(t)
  const row = '<div class="entry"><p>Text, as long as text is, <a href="/x">with a link</a>.</p></div>\n'
  const large = page(`${row.repeat(Math.ceil(10 * 2 ** 20) / row.length)}<b class="price">9</b>`)
  const fragment = parseFragment('div + .price')
  assert.ok(typeof fragment === 'object')
  const beganMs = performance.now()
  const expected = partOf(readPage(large), fragment)
  const onLoopMs = performance.now() - beganMs
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const part = await selector.select(large, topic('div + .price'))
  delay.disable()
  const delayMsMax = delay.max / 1e6
  t.diagnostic(`${Math.round(onLoopMs)} ms on the event loop; beside it, ${Math.round(delayMsMax)} ms of delay at most`)
  assert.deepEqual(part, expected)
  assert.equal(part.kind, 'part')
  assert.ok(delayMsMax < onLoopMs / 2)
})

test('SF-15: a selector that would take minutes is given up in time, and the next part is found', async (t) => {
  const { selector, errors } = started(t, { runMsMax: 3000 })
  const [slow, next] = await Promise.all([
    selector.select(nasty.page, topic(nasty.fragment)),
    selector.select(small, topic('.a')),
  ])
  assert.deepEqual(slow, {
    kind: 'later',
    why: 'Finding it on the page took longer than 3 s: it is not looked for within 60 s, and then once more.',
    inMs: 60_000,
  })
  assert.equal(next.kind, 'part', 'which waited, and did not pay for it')
  assert.deepEqual(errors, [])
})

test('SF-15: a page that takes too much memory has no parts, and the next part is found', async (t) => {
  const { selector, errors } = started(t, { heapMegabytesMax: 24 })
  const large = page('<b>x</b>'.repeat(2 ** 20))
  assert.deepEqual(await selector.select(large, topic('.a')), {
    kind: 'later',
    why: 'Finding it on the page took more memory than it may: it is not looked for within 60 s, and then once more.',
    inMs: 60_000,
  })
  assert.equal((await selector.select(small, topic('p'))).kind, 'part')
  assert.deepEqual(errors, [])
})

test('SF-15: pages wait in a line of bounded length, and what finds it full is for later', async (t) => {
  const { selector } = started(t, { waitingMax: 1 })
  const servers = ['one.example', 'two.example', 'three.example']
  const parts = await Promise.all(servers.map((server) => selector.select(small, topic('.a', server))))
  assert.deepEqual(
    parts.map(({ kind }) => kind),
    ['part', 'part', 'later'],
  )
})

test('SF-15: whoever has many slow parts looked for at many servers waits for all others, large pages among them', async (t) => {
  const { selector } = started(t, { runMsMax: 1500 })
  const slow = [1, 2, 3, 4].flatMap((server) =>
    ['x', 'y', 'z', 'w'].map((name) => topic(`:has(:has(.${name}, .b), .c)`, `slow-${server}.example`)),
  )
  const row = '<div class="entry"><p>Text, as long as text is.</p></div>\n'
  const large = page(`${row.repeat(30_000)}<b class="price">9</b>`)
  const smallPart = async () => (await selector.select(small, topic('.a', 'small.example'))).kind
  const largePart = async () => (await selector.select(large, topic('.price', 'large.example'))).kind
  assert.deepEqual([await smallPart(), await largePart()], ['part', 'part'])
  let ended = 0
  const asked = slow.map((each) => selector.select(nasty.page, each).finally(() => ended++))
  await Promise.race(asked)
  const before = ended
  assert.deepEqual(await Promise.all([smallPart(), largePart()]), ['part', 'part'])
  assert.ok(ended - before <= 2, `${ended - before} slow ones came first`)
  await selector.close()
  assert.ok((await Promise.all(asked)).every(({ kind }) => kind !== 'part'))
})

test('SF-15: a part that took too long is tried once more, and is not looked for at each change of its page, but after a wait that doubles', async (t) => {
  let aheadMs = 0
  const { selector } = started(t, { runMsMax: 300, monotonicMs: () => performance.now() + aheadMs })
  const slow = topic(nasty.fragment)
  for (const [restSeconds, kind] of [
    [60, 'later'],
    [120, 'nothing'],
    [240, 'nothing'],
  ] as const) {
    const first = await selector.select(nasty.page, slow)
    assert.equal(first.kind, kind)
    assert.match(first.why, new RegExp(`not looked for within ${restSeconds} s`))
    const again = await selector.select(page('<p>other'), slow)
    assert.ok(again.kind === 'later' && again.inMs > (restSeconds - 10) * 1000 && again.inMs <= restSeconds * 1000)
    aheadMs += restSeconds * 1000
  }
  assert.equal((await selector.select(small, topic('.a'))).kind, 'part')
})

test('SF-15: of what takes long, one server has so much looked for and then waits; what is found in no time does not', async (t) => {
  let aheadMs = 0
  const { selector } = started(t, { slowMsMax: 1, monotonicMs: () => performance.now() + aheadMs })
  const large = page(`${'<b>x</b>'.repeat(2 ** 17)}<b class="price">9</b><b class="a">x</b>`)
  assert.equal((await selector.select(small, topic('.a'))).kind, 'part')
  aheadMs += 600_000
  assert.equal((await selector.select(large, topic('.price'))).kind, 'part')
  const waits = await selector.select(large, topic('b:last-child'))
  assert.ok(waits.kind === 'later' && waits.inMs > 0 && waits.inMs < 3_600_000)
  assert.equal((await selector.select(small, topic('.a'))).kind, 'part')
  assert.equal((await selector.select(large, topic('.price', 'other.example'))).kind, 'part')
  aheadMs += 1_200_000
  assert.equal((await selector.select(large, topic('b:last-child'))).kind, 'part')
})

test('SF-15: with a selector that never ends, the hub goes on, and parts of other pages are delivered', async (t) => {
  const hub = await wholeHub(t, { environment: { FRAGMENT_TOPICS: 'on' }, running: true })
  const { publisher, subscriber, recorded } = hub
  const slow = publisher.topic(`/slow#${encodeURIComponent(nasty.fragment)}`)
  for (const [topic, path] of [
    [slow, '/slow'],
    [publisher.topic('/page#.a'), '/a'],
  ] as const) {
    await hub.subscribe(topic, subscriber.callback(path))
  }
  await t.waitFor(() => assert.equal(recorded.of('verified').length, 2), { timeout: 20_000 })
  publisher.publishes('/slow', nasty.page.body)
  publisher.publishes('/page', small.body)
  await hub.ping(publisher.topic('/slow'))
  await hub.ping(publisher.topic('/page'))
  await t.waitFor(() => assert.equal(subscriber.deliveries({ path: '/a' }).length, 1), { timeout: 30_000 })
  assert.equal((await fetch(`${hub.url}health/live`)).status, 200)
  const read = () => recorded.of('fragmentRead').find(({ topic }) => topic === slow)
  await t.waitFor(() => assert.match(read()?.why ?? '', /took longer than 5 s/), { timeout: 30_000 })
  assert.equal(subscriber.deliveries({ path: '/slow' }).length, 0)
})

function started(t: TestContext, settings: Partial<SelectorSettings> = {}) {
  const errors: unknown[] = []
  const selector = createSelector({
    runMsMax: 60_000,
    timeoutMs: 60_000,
    onError: (error) => errors.push(error),
    ...settings,
  })
  t.after(() => selector.close())
  return { selector, errors }
}

function topic(fragment: string, server = 'example.org'): string {
  return `https://${server}/page#${encodeURIComponent(fragment)}`
}

function page(text: string) {
  return { body: Buffer.from(text), contentType: 'text/html; charset=utf-8' }
}
