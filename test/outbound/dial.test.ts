import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Attempt } from '../../src/outbound/attempt.ts'
import { dial } from '../../src/outbound/dial.ts'
import { until } from '../support/until.ts'
import { listen } from './setup.ts'

/** Listens on 127.0.0.2, then stands still, its queue of new connections full: whoever dials it now hears nothing. */
async function startMuteListener(t: TestContext, port: number): Promise<void> {
  const worker = new Worker(muteListener, { eval: true, workerData: port })
  t.after(() => worker.terminate())
  await once(worker, 'message')
  const filling = Array.from({ length: 8 }, () => connect(port, '127.0.0.2').on('error', () => undefined))
  t.after(() => filling.forEach((socket) => void socket.destroy()))
  await Promise.race(filling.map((socket) => once(socket, 'connect')))
}

const muteListener = `
  const { parentPort, workerData } = require('node:worker_threads')
  require('node:net').createServer().listen({ port: workerData, host: '127.0.0.2', backlog: 1 }, () => {
    parentPort.postMessage('listening')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })
`

function setup(t: TestContext, timeoutMs: number) {
  const places = {
    taken: 1,
    tryTake: () => {
      places.taken += 1
      return true
    },
    free: () => {
      places.taken -= 1
    },
  }
  const attempt = new Attempt(timeoutMs, () => () => undefined)
  t.after(() => attempt.close())
  return { places, attempt }
}

test('SEC-10: while an address keeps silent the next is tried beside it, and the slower is dropped', async (t) => {
  const port = await listen(t, createServer())
  await startMuteListener(t, port)
  const { places, attempt } = setup(t, 5000)
  const dialled = await dial(['127.0.0.2', '127.0.0.1'], port, places, attempt)
  assert.ok(dialled?.kind === 'open')
  assert.equal(dialled.socket.remoteAddress, '127.0.0.1')
  dialled.socket.destroy()
  await until(() => places.taken === 0, 'the places given back')
})

test('SEC-10: dialling ends with the attempt and gives its place back', async (t) => {
  const port = await listen(t, createServer())
  await startMuteListener(t, port)
  const { places, attempt } = setup(t, 100)
  assert.equal(await dial(['127.0.0.2'], port, places, attempt), undefined)
  assert.equal(attempt.ended, 'timeout')
  await until(() => places.taken === 0, 'the places given back')
})
