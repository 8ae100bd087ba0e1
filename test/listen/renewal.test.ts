import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renewalMarginMs } from '../../src/listen/renewal.ts'
import { listenTo, strangeHub, topic } from './setup.ts'

test('a renewal leaves the hub time to ask within the lease', () => {
  assert.equal(renewalMarginMs(10), 5000)
  assert.equal(renewalMarginMs(300), 30_000)
  assert.equal(renewalMarginMs(864_000), 17_280_000)
})

// A hub that was restarted while a renewal was asked for was never asked again, and the deliveries ended with the lease.
test('a renewal that fails is tried again with growing pauses while the lease lasts, each told in a line', async (t) => {
  const requestsAtMs: number[] = []
  const taken = Promise.withResolvers<void>()
  const hub = await strangeHub(t, (form, response) => {
    if (form.get('hub.mode') !== 'subscribe') return
    requestsAtMs.push(performance.now())
    if ([2, 3, 4].includes(requestsAtMs.length)) response.writeHead(503).end('starting')
    if (requestsAtMs.length === 5) taken.resolve()
  })
  const { lines, stop, exitCode } = listenTo(t, [topic, '--hub', hub.url])
  assert.equal(await hub.ask('subscribe', { 'hub.lease_seconds': '4' }), '200 abc')
  await Promise.race([taken.promise, exitCode])
  assert.equal(await hub.ask('subscribe', { 'hub.lease_seconds': '60' }), '200 abc')
  stop()
  await hub.goodbye
  assert.equal(await hub.ask('unsubscribe'), '200 abc')
  assert.equal(await exitCode, 0)
  const told = lines.flatMap(
    (line) => /503 and says: starting Trying again in ([\d.]+) s; the lease/.exec(line)?.[1] ?? [],
  )
  assert.deepEqual(told, ['0.2', '0.3', '0.5'])
  const [, first = 0, second = 0, third = 0, fourth = 0] = requestsAtMs
  // A timer may come late, and is early by less than a millisecond.
  assert.ok(second - first > 124 && third - second > 249 && fourth - third > 499, `${requestsAtMs}`)
})

test('a lease that ends without a renewal ends the listening with 1, and a renewed one does not', async (t) => {
  const hub = await strangeHub(t)
  const { told, lines, complaints, exitCode } = listenTo(t, [topic, '--hub', hub.url])
  await hub.ask('subscribe', { 'hub.lease_seconds': '3' })
  await told(/lease ends soon/)
  await hub.ask('subscribe', { 'hub.lease_seconds': '1' })
  hub.close()
  assert.equal(await exitCode, 1)
  assert.equal(lines.filter((line) => line.includes('lease ends soon')).length, 2)
  assert.match(lines.at(-1) ?? '', /could not be reached .* The lease ends before it could be tried again\.$/)
  assert.match(complaints.join(), /^The lease has ended without a new one/)
})
