import { createClient } from '../client.ts'
import { startHub } from '../faulty-hub.ts'
import type { Stage } from '../open-context.ts'
import { createPingName } from '../ping-name.ts'
import { sitesInTurn } from '../sites.ts'
import type { FaultName } from './faults.ts'
import { offerRestart } from './restart.ts'
import { quickSettings } from './settings.ts'
import { createSteadyClock } from './steady-clock.ts'

/** How the suite waits for a hub that does everything within milliseconds, and what it is told of its settings. */
export const quickStage: Pick<Stage, 'timing' | 'knobs'> = {
  timing: {
    verifyMs: 4000,
    deliveryMs: 4000,
    quietMs: 500,
    settleMs: 100,
    answerMs: 10_000,
    promptMs: 600,
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

/** What the stages of one process share, of which some may be played on at once. */
export type Common = Pick<Stage, 'clock' | 'sites' | 'client'>

/** @param ports on which there are sites, in turn */
export async function openCommon(ports: number): Promise<Common & { close(): Promise<void> }> {
  const clock = createSteadyClock()
  const client = createClient(clock)
  const sites = await sitesInTurn(ports)
  return {
    clock,
    client,
    sites,
    async close() {
      clock.stop()
      client.close()
      await sites.close()
    },
  }
}

/** A hub with these faults, set so, and beside it the same hub in every other setting that a knob can name. */
export async function startQuickStage(
  faults: readonly FaultName[],
  common: Common,
  settings: Partial<typeof quickSettings> = {},
): Promise<{ readonly stage: Stage; close(): Promise<void> }> {
  const start = (own: Partial<typeof quickSettings>) =>
    startHub({ faults, settings: { ...settings, ...own }, clock: common.clock })
  const hub = await start({})
  const closed = await start({ policy: 'closed' })
  const strict = await start({ policy: 'strict' })
  const reducing = await start({ feeds: 'new entries' })
  const onTheInternet = await start({ privateAddresses: 'refused' })
  const hubs = [hub, closed, strict, reducing, onTheInternet]
  const restart = offerRestart(hub.restart)
  const knobs = {
    ...quickStage.knobs,
    restartCommand: restart.command,
    closedHub: closed.url,
    strictHub: strict.url,
    movedHub: hub.movedUrl,
    movedAlias: hub.movedUrl,
    reducingHub: reducing.url,
    fragmentHub: hub.url,
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
      restart.close()
      await Promise.all(hubs.map((each) => each.close()))
    },
  }
}
