import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBell } from '../../src/work/bell.ts'

const now = () => new Date()

test('a ring during the look is not missed: whoever asked before looking is woken', async () => {
  const bell = createBell(now)
  const rung = bell.next('fetch')
  bell.ring('fetch')
  await rung
})

test('a ring wakes its own duty alone', async () => {
  const bell = createBell(now)
  let woken = false
  void bell.next('deny').then(() => {
    woken = true
  })
  bell.ring('fetch')
  await new Promise(setImmediate)
  assert.equal(woken, false)
})

test('a ring that names an instant wakes then, and is nobody else’s', async () => {
  const bell = createBell(now)
  const told: string[] = []
  bell.onRing((duty) => told.push(duty))
  const beganMs = performance.now()
  const rung = bell.next('verify')
  bell.ring('verify', new Date(Date.now() + 30))
  await rung
  assert.ok(performance.now() - beganMs >= 25)
  assert.deepEqual(told, [])
})

test('a closed bell lets everybody go', async () => {
  const bell = createBell(now)
  const rung = bell.next('fetch')
  bell.close()
  await rung
  await bell.next('fetch')
})
