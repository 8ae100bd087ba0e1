import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '../../src/config.ts'
import type { Gauges, StoredGauges } from '../../src/telemetry/gauges.ts'
import { createTelemetry, type Telemetry } from '../../src/telemetry/telemetry.ts'

const timing = { nameMs: null, connectMs: 1, firstByteMs: 2, totalMs: 30 }
const told = { topicId: 1, number: 2, subscriptionId: 3, attempt: 1, callbackOrigin: 'https://subscriber.example:443' }
const stored: StoredGauges = {
  oldestDueSeconds: { verify: 0, 'catch-up': 12.5 },
  backlogRows: 4,
  broadcastsOpen: 1,
  breakersOpen: 2,
  parkedRows: { topic: 1 },
}
const live = { inFlight: 5, stragglers: 6, streamsOpen: 9, socketsOpen: 7, pool: { total: 10, idle: 8, waiting: 0 } }

interface Told extends Telemetry {
  /** Every line so far, parsed. */
  readonly lines: readonly Record<string, unknown>[]
  /** The lines as they were written. */
  readonly written: readonly string[]
}

function telemetry(level: Config['LOG_LEVEL'] = 'info'): Told {
  const written: string[] = []
  const destination = { write: (line: string) => void written.push(line) }
  return {
    ...createTelemetry({ LOG_LEVEL: level }, destination),
    written,
    get lines() {
      return written.map((line) => JSON.parse(line))
    },
  }
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

function gauges(readStored: Gauges['stored'] = async () => stored): Gauges {
  return { stored: readStored, live: () => live }
}

test('a line is one object with a level, an instant, a process and a stable event', () => {
  const told = telemetry()
  const batch = { topicId: 1, number: 2, delivered: 300, failed: 1, handedOver: 2, unchanged: 0, ms: 40 }
  told.events.batchDelivered(batch)
  const [{ time, pid, ...line } = {}] = told.lines
  assert.deepEqual(line, { level: 'info', event: 'batch.delivered', ...batch })
  assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  assert.equal(pid, process.pid)
})

test('a failure has a line each; a success has none of its own but in debug', () => {
  const tell = ({ events }: Telemetry) => {
    events.attempted({ outcome: 'delivered', lane: 'broadcast', timing })
    events.caughtUp({ ...told, status: 200, timing })
    events.verified({
      mode: 'subscribe',
      topic: 'https://t.example/',
      callbackOrigin: 'https://s.example:443',
      leaseSeconds: 1,
      byHub: false,
    })
    events.attemptFailed({ ...told, status: 500, why: 'It answered 500.', retryAt: new Date(0) })
    events.requestRefused({ status: 429, sentence: 'Too many requests.', client: '203.0.113.7' })
  }
  const usual = telemetry()
  const debug = telemetry('debug')
  const silent = telemetry('silent')
  for (const each of [usual, debug, silent]) tell(each)
  assert.deepEqual(
    usual.lines.map(({ event }) => event),
    ['attempt.failed'],
  )
  assert.deepEqual(
    debug.lines.map(({ event }) => event),
    ['attempt.caught-up', 'verification.confirmed', 'attempt.failed', 'request.refused'],
  )
  assert.deepEqual(silent.lines, [])
})

test('SEC-12: nothing a stranger wrote breaks a line or hides in it', () => {
  const { events, written } = telemetry()
  const evil = 'a\r\n{"level":"fatal"}\0\u001b[2J\u2028\u202E\uD800'
  events.verificationFailed({
    mode: 'subscribe',
    topic: `https://t.example/${evil}`,
    callbackOrigin: 'https://s.example:443',
    why: evil,
    final: true,
    byHub: false,
  })
  events.requestRefused({ status: 400, sentence: evil, client: '203.0.113.7' })
  events.requestFailed({ error: new Error(evil), path: `/${evil}` })
  assert.equal(written.length, 3)
  for (const line of written) {
    assert.equal(line.indexOf('\n'), line.length - 1)
    for (const text of textsOf(JSON.parse(line))) assert.doesNotMatch(text, /[\p{C}\u2028]/u)
  }
})

test('SEC-14 SIG-14: no user name, password, row or bound value of a statement reaches a line', () => {
  const { events, written } = telemetry('trace')
  const topic = 'https://user:hunter2@t.example/feed?a=b@c'
  const error = Object.assign(
    new Error('duplicate key value violates unique constraint "x"', { cause: new Error('inner') }),
    {
      code: '23505',
      detail: 'Key (callback)=(https://s.example/hunter2) already exists.',
      where: 'hunter2',
      parameters: ['hunter2'],
    },
  )
  events.fetched({ topic, result: 'failed', why: 'It answered 500.' })
  events.severalSelves({ topic, count: 2 })
  events.dutyFailed({ duty: 'verify', error })
  const all = written.join('')
  assert.ok(!all.includes('hunter2') && !all.includes('user:'))
  assert.ok(all.includes('https://t.example/feed?a=b@c'))
  assert.match(all, /"code":"23505"/)
  assert.match(all, /"cause":\{"name":"Error","message":"inner"/)
  assert.match(all, /"stack":\["at /)
})

test('a scrape begins with the oldest due age and tells what happened', async () => {
  const { events, metrics } = telemetry('silent')
  events.attempted({ outcome: 'delivered', lane: 'broadcast', timing })
  events.attempted({ outcome: 'failed', lane: 'backlog', timing })
  events.requestAnswered({ route: 'hub', status: 202, ms: 4 })
  events.fetched({ topic: 'https://t.example/', result: 'new', number: 1 })
  events.changeNoted({ topics: 3, known: 1 })
  const { text, contentType } = await metrics(gauges())
  assert.match(contentType, /^text\/plain; version=0\.0\.4/)
  assert.ok(text.startsWith('# HELP fanfare_oldest_due_seconds'))
  const expected = [
    'fanfare_oldest_due_seconds{duty="verify"} 0',
    'fanfare_oldest_due_seconds{duty="catch-up"} 12.5',
    'fanfare_postgres_up 1',
    'fanfare_backlog_rows 4',
    'fanfare_broadcasts_open 1',
    'fanfare_breakers_open 2',
    'fanfare_parked_rows{table="topic"} 1',
    'fanfare_deliveries_in_flight 5',
    'fanfare_stragglers 6',
    'fanfare_streams_open 9',
    'fanfare_outbound_sockets_open 7',
    'fanfare_postgres_connections{state="waiting"} 0',
    'fanfare_deliveries_total{outcome="delivered",lane="broadcast"} 1',
    'fanfare_deliveries_total{outcome="failed",lane="backlog"} 1',
    'fanfare_delivery_seconds_bucket{le="0.05",lane="broadcast"} 1',
    'fanfare_requests_total{route="hub",status="202"} 1',
    'fanfare_fetches_total{result="new"} 1',
    'fanfare_changes_noted_total{known="false"} 2',
    'fanfare_changes_noted_total{known="true"} 1',
  ]
  const lines = text.split('\n')
  for (const line of expected) assert.ok(lines.includes(line), line)
  assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m)
})

test('while Postgres is away a scrape says so and tells no old values as if they were new', async () => {
  const { metrics } = telemetry('silent')
  await metrics(gauges())
  const { text } = await metrics(gauges(() => Promise.reject(new Error('away'))))
  assert.match(text, /^fanfare_postgres_up 0$/m)
  assert.match(text, /^fanfare_deliveries_in_flight 5$/m)
  assert.doesNotMatch(text, /^fanfare_(oldest_due_seconds|backlog_rows|broadcasts_open|parked_rows|breakers_open)[ {]/m)
  assert.match((await metrics(gauges())).text, /^fanfare_backlog_rows 4$/m)
})

test('SEC-14: labels are of few values: no URL, origin or address is one', async () => {
  const { events, metrics } = telemetry('silent')
  events.breakerOpened({ origin: 'https://secret.example:443', why: 'five in a row', probeAt: new Date() })
  events.verificationFailed({
    mode: 'subscribe',
    topic: 'https://secret.example/',
    callbackOrigin: 'https://secret.example:443',
    why: '404',
    final: true,
    byHub: false,
  })
  events.requestRefused({ status: 400, parameter: 'hub.secret.example', sentence: 'No.', client: '203.0.113.7' })
  events.attemptFailed({ ...told, callbackOrigin: 'https://secret.example:443', why: 'no', retryAt: null })
  const { text } = await metrics(gauges())
  assert.ok(!text.includes('secret.example') && !text.includes('203.0.113.7'))
})
