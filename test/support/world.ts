import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { createSender } from '../../src/outbound/send.ts'
import type { World } from '../../src/world.ts'

/** The real world, loopback allowed, whose clock a test can move on. */
export interface TestWorld extends World {
  /** Moves the clock that never jumps: as if the process had been stopped for so long. */
  stall(ms: number): void
  advance(by: {
    readonly days?: number
    readonly hours?: number
    readonly minutes?: number
    readonly seconds?: number
  }): void
}

/** Sends with the hub's own sender; what is open ends with the test. */
export function testWorld(t: Pick<TestContext, 'after'>): TestWorld {
  const sender = createSender({
    outboundAllow: [],
    outboundDeny: [],
    topicAllow: [],
    callbackAllow: [],
    loopbackAllowed: true,
    socketsMax: 2000,
    userAgent: 'Fanfare-test (+http://localhost/)',
    onError(error) {
      throw error
    },
  })
  t.after(() => sender.close())
  let aheadMs = 0
  let stalledMs = 0
  return {
    now: () => new Date(Date.now() + aheadMs),
    monotonicMs: () => performance.now() + stalledMs,
    challenge: () => randomBytes(32).toString('base64url'),
    random: Math.random,
    send: sender.send,
    stall(ms) {
      stalledMs += ms
    },
    advance({ days = 0, hours = 0, minutes = 0, seconds = 0 }) {
      aheadMs += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
    },
  }
}
