import type { Stage } from '../open-context.ts'
import { quickSettings } from './settings.ts'

/** How the suite waits for a hub that does everything within milliseconds, and what it is told of its settings. */
export const quickStage: Pick<Stage, 'timing' | 'knobs'> = {
  timing: {
    verifyMs: 3000,
    deliveryMs: 3000,
    quietMs: 100,
    settleMs: 20,
    answerMs: 5000,
    claimMs: 20_000,
    secondMs: quickSettings.secondMs,
  },
  knobs: {
    retryWithinMs: 60,
    givesUpWithinMs: 200,
    verifyRetryWithinMs: 60,
    deliveryTimeoutMs: quickSettings.deliveryTimeoutMs,
    verifyTimeoutMs: quickSettings.verifyTimeoutMs,
    fetchTimeoutMs: quickSettings.fetchTimeoutMs,
    contentBytesMax: quickSettings.contentBytesMax,
  },
}
