import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDispatch, type Dispatch, type Errand } from '../../src/distribution/dispatch.ts'
import { distributing } from './setup.ts'

test('retries leave a quarter of the slots to first tries', (t) => {
  const { dispatch, begun } = dispatching(t, { inFlightMax: 8, stragglersMax: 8 })
  for (let at = 0; at < 8; at++) dispatch.add(errand(begun, `http://retry-${at}.test:80`, { ailing: true }))
  assert.equal(begun.length, 6)
  for (let at = 0; at < 8; at++) dispatch.add(errand(begun, `http://first-${at}.test:80`, { ailing: false }))
  assert.deepEqual(
    begun.slice(6).map(({ origin }) => origin),
    ['http://first-0.test:80', 'http://first-1.test:80'],
  )
})

test('beyond STRAGGLERS_MAX, whoever has waited longest fails now', async (t) => {
  const { topic, subscribe, publish, subscriber, run, recorded } = await distributing(t, { STRAGGLERS_MAX: '1' })
  const id = await topic()
  await subscribe(id, subscriber.callback('/a'))
  await subscribe(id, subscriber.callback('/b'))
  subscriber.answers({ fault: 'hang' })
  run()
  await publish(id, 'content')
  await subscriber.until(() => subscriber.deliveries().filter(({ ended }) => ended).length === 1, 'one to be given up')
  while (recorded.of('attemptFailed').length === 0) await new Promise(setImmediate)
  assert.deepEqual(
    recorded.of('attemptFailed').map(({ failure, attempt }) => [failure, attempt]),
    [['timeout', 1]],
  )
})

interface Begun {
  readonly origin: string
  readonly stop: AbortSignal
}

function dispatching(
  t: { after(end: () => void): void },
  limits: { readonly inFlightMax: number; readonly stragglersMax: number },
): { readonly dispatch: Dispatch; readonly begun: Begun[] } {
  const dispatch = createDispatch({
    ...limits,
    monotonicMs: () => performance.now(),
    onNews: () => {},
    onRoom: () => {},
  })
  t.after(() => dispatch.close())
  return { dispatch, begun: [] }
}

/** One that never ends. */
function errand(begun: Begun[], origin: string, { ailing }: { readonly ailing: boolean }): Errand {
  return {
    origin,
    ailing,
    lane: ailing ? 'backlog' : 'broadcast',
    begin(stop) {
      begun.push({ origin, stop })
      return new Promise(() => {})
    },
    straggles() {},
    cannotBegin() {},
  }
}
