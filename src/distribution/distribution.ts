import type { Duty } from '../work/job.ts'
import { releaseBatches } from './batch-store.ts'
import { probeWaitMsFirst } from './breaker.ts'
import { broadcastDuty, reclaimDuty } from './broadcast.ts'
import { catchUpDuty } from './catch-up.ts'
import type { Sending } from './delivery.ts'
import { createDispatch } from './dispatch.ts'
import { createForms, type Forms } from './forms.ts'
import { createLedger } from './ledger.ts'
import { readOpenBreakers } from './origin-store.ts'
import type { DistributionParts } from './parts.ts'
import { createPreparing } from './preparing.ts'
import { createPublications, type Publications } from './publications.ts'
import { createReductions } from './reductions.ts'

/** §7 at work in one process. */
export interface Distribution {
  readonly duties: readonly Duty[]
  /** What it reads, for whoever else carries the same. */
  readonly publications: Publications
  readonly forms: Forms
  inFlight(): number
  stragglers(): number
  breakersOpen(): number
  /** Waits for open deliveries at most so long, then aborts them; what had no answer is let go of, untried. */
  stop(waitMs: number): Promise<void>
}

const breakersEveryMs = 1000

export function createDistribution(parts: DistributionParts): Distribution {
  const { db, config, world, events, bell } = parts
  const ledger = createLedger(parts)
  let roomWaiters: (() => void)[] = []
  let stopping = false
  let breakers: ReadonlySet<string> = new Set()
  let breakersReadMs = Number.NEGATIVE_INFINITY

  const dispatch = createDispatch({
    inFlightMax: config.IN_FLIGHT_MAX,
    stragglersMax: config.STRAGGLERS_MAX,
    monotonicMs: world.monotonicMs,
    onRoom: freeRoom,
    onNews(origin, { opened, recovered }) {
      if (opened) ledger.originOpened(origin)
      if (opened) {
        const probeAt = new Date(world.now().getTime() + probeWaitMsFirst)
        events.breakerOpened({ origin, why: 'Callbacks that were fine before fail, and none answers.', probeAt })
      }
      if (recovered) ledger.originRecovered(origin)
      if (recovered && breakers.has(origin)) events.breakerClosed({ origin })
    },
  })
  const publications = createPublications(db)
  const reductions = createReductions(parts, publications)
  const forms = createForms((error) => events.dutyFailed({ duty: 'forms', error }))
  const preparing = createPreparing(() => bell.wake('broadcast'))
  const sending: Sending = {
    parts,
    dispatch,
    ledger,
    publications,
    reductions,
    forms,
    preparing,
    isStopping: () => stopping,
  }

  function freeRoom(): void {
    const waiters = roomWaiters
    roomWaiters = []
    for (const resolve of waiters) resolve()
  }

  function room(): Promise<void> {
    return new Promise((resolve) => roomWaiters.push(resolve))
  }

  /** Other hubs open and close breakers too: at most a second old here. */
  async function readBreakers(): Promise<void> {
    const nowMs = world.monotonicMs()
    if (nowMs - breakersReadMs < breakersEveryMs) return
    breakersReadMs = nowMs
    breakers = await readOpenBreakers(db)
    dispatch.setOpenBreakers(breakers)
  }

  function knowingBreakers(duty: Duty): Duty {
    return {
      ...duty,
      async turn(stop) {
        await readBreakers()
        return duty.turn(stop)
      },
    }
  }

  return {
    duties: [
      knowingBreakers(broadcastDuty(sending, room)),
      reclaimDuty(sending),
      knowingBreakers(catchUpDuty(sending, room)),
    ],
    publications,
    forms,
    inFlight: dispatch.inFlight,
    stragglers: dispatch.stragglers,
    breakersOpen: () => breakers.size,
    async stop(waitMs) {
      freeRoom()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, waitMs)
      })
      await Promise.race([dispatch.idle(), late])
      clearTimeout(timer)
      stopping = true
      dispatch.abort()
      await reductions.close()
      await preparing.idle()
      await dispatch.idle()
      await ledger.close()
      await releaseBatches(
        db,
        ledger.openBatches().map(({ claimed }) => claimed),
        { now: world.now() },
      )
      dispatch.close()
      // For the other hubs: batches and retries that were let go of.
      bell.ring('reclaim')
      bell.ring('catch-up')
    },
  }
}
