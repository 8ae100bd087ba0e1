import type { Stage } from '../open-context.ts'
import { quickSettings } from './settings.ts'

/** How the suite waits for a hub that does everything within milliseconds, and what it is told of its settings. */
export const quickStage: Pick<Stage, 'timing' | 'knobs'> = {
  timing: {
    verifyMs: 600,
    deliveryMs: 800,
    quietMs: 60,
    settleMs: 15,
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
