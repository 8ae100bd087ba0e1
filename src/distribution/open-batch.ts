import { markDone } from './bitmap.ts'
import type { ClaimedBatch } from './broadcast-store.ts'

/** A batch this process is sending. */
export interface OpenBatch {
  readonly claimed: ClaimedBatch
  readonly done: Buffer
  readonly beganMs: number
  /** Subscribers without an outcome. */
  left: number
  /** Monotonic: no attempt begins later than this less its deadline (rule 8). */
  claimedUntilMs: number
  /** It has news that is not written. */
  dirty: boolean
  /** Its claim lapsed and is another's: nothing more is begun, or written. */
  lost: boolean
  /** To be called once half of its subscribers have their outcome; null: nobody waits for that, or it was. */
  whenHalf: (() => void) | null
  delivered: number
  failed: number
  handedOver: number
  unchanged: number
}

export function openBatch(
  claimed: ClaimedBatch,
  { nowMs, claimedUntilMs }: { readonly nowMs: number; readonly claimedUntilMs: number },
): OpenBatch {
  return {
    claimed,
    done: Buffer.from(claimed.done),
    beganMs: nowMs,
    left: claimed.subscribers.length,
    claimedUntilMs,
    dirty: claimed.subscribers.length === 0,
    lost: false,
    whenHalf: null,
    delivered: 0,
    failed: 0,
    handedOver: 0,
    unchanged: 0,
  }
}

/** One subscriber has its outcome. */
export function settleOne(batch: OpenBatch, place: number): void {
  markDone(batch.done, place)
  batch.left--
  batch.dirty = true
  if (batch.whenHalf === null || batch.left > batch.claimed.subscribers.length / 2) return
  batch.whenHalf()
  batch.whenHalf = null
}
