import type { Client } from '../client.ts'
import { startHub } from '../faulty-hub.ts'
import type { Stage } from '../open-context.ts'
import { createPingName } from '../ping-name.ts'
import type { Sites } from '../sites.ts'
import type { FaultName } from './faults.ts'
import { quickSettings } from './settings.ts'

/** How the suite waits for a hub that does everything within milliseconds, and what it is told of its settings. */
export const quickStage: Pick<Stage, 'timing' | 'knobs'> = {
  timing: {
    verifyMs: 6000,
    deliveryMs: 6000,
    quietMs: 300,
    settleMs: 100,
    answerMs: 10_000,
    promptMs: 8000,
    claimMs: 60_000,
    secondMs: quickSettings.secondMs,
  },
  knobs: {
    retryWithinMs: 400,
    givesUpWithinMs: 6000, // At most: it ends as soon as the hub has nothing left to do.
    verifyRetryWithinMs: 60,
    deliveryTimeoutMs: quickSettings.deliveryTimeoutMs,
    verifyTimeoutMs: quickSettings.verifyTimeoutMs,
    fetchTimeoutMs: quickSettings.fetchTimeoutMs,
    fetchRetryWithinMs: 60,
    pingsPerSecondMax: quickSettings.pingsPerSecondMax,
    contentBytesMax: quickSettings.contentBytesMax,
    ...(quickSettings.publisherKey === undefined ? {} : { publisherKey: quickSettings.publisherKey }),
  },
}

/** A hub with these faults, and beside it the same hub in every other setting that a knob can name. */
export async function startQuickStage(
  faults: readonly FaultName[],
  common: { readonly sites: Sites; readonly client: Client },
): Promise<{ readonly stage: Stage; close(): Promise<void> }> {
  const hub = await startHub({ faults })
  const closed = await startHub({ faults, settings: { policy: 'closed' } })
  const strict = await startHub({ faults, settings: { policy: 'strict' } })
  const reducing = await startHub({ faults, settings: { feeds: 'new entries' } })
  const onTheInternet = await startHub({ faults, settings: { privateAddresses: 'refused' } })
  const hubs = [hub, closed, strict, reducing, onTheInternet]
  const knobs = {
    ...quickStage.knobs,
    closedHub: closed.url,
    strictHub: strict.url,
    movedHub: hub.movedUrl,
    movedAlias: hub.movedUrl,
    reducingHub: reducing.url,
    publicHub: onTheInternet.url,
    aliasUrl: hub.aliasUrl,
  }
  const stage: Stage = {
    ...quickStage,
    ...common,
    hub: hub.url,
    knobs,
    isIdleFor: (sites) => hubs.every((each) => each.isIdleFor(sites)),
  }
  return {
    stage: { ...stage, pingName: createPingName(stage) },
    async close() {
      await Promise.all(hubs.map((each) => each.close()))
    },
  }
}
