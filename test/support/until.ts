import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

const deadlineMs = 10_000
const lookEveryMs = 5

/**
 * Waits for a fact that nobody tells of, asking for it again and again; fails the test, naming it, after 10 s. What a peer or a
 * stream sees is told: wait for that with theirs.
 */
export async function until(fact: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const beganMs = performance.now()
  while (!(await fact())) {
    assert.ok(performance.now() - beganMs < deadlineMs, `${what}: not within ${deadlineMs} ms`)
    await pause(lookEveryMs)
  }
}
