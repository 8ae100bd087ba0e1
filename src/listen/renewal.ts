import { setTimeout as pause } from 'node:timers/promises'

export interface Renewing {
  /** Asks for a subscription again; null where the hub accepted it, else a sentence. */
  readonly ask: (stop: AbortSignal) => Promise<string | null>
  readonly tell: (text: string) => void
  /** Aborted by the yes to a new lease, and by leaving. */
  readonly stop: AbortSignal
}

const pauseMsMax = 600_000
/** A machine that slept finds its timers late: so long at most. */
const restMsMax = 60_000

/**
 * Asks for a renewal before a lease that begins now ends, and again with growing pauses while the hub does not take it.
 *
 * @returns false where the lease ended; true where it was stopped before
 */
export async function outliveLease(leaseSeconds: number, { ask, tell, stop }: Renewing): Promise<boolean> {
  const endsAtMs = Date.now() + leaseSeconds * 1000
  await restUntil(endsAtMs - renewalMarginMs(leaseSeconds), stop)
  if (!stop.aborted) tell('the lease ends soon: subscribing again')
  await askUntilTaken({ leaseSeconds, endsAtMs }, { ask, tell, stop })
  await restUntil(endsAtMs, stop)
  return stop.aborted
}

/**
 * How long before its end a lease is renewed: later than the hub's own renewal would come, and early enough for the hub's
 * question to be answered within the lease.
 */
export function renewalMarginMs(leaseSeconds: number): number {
  return Math.max(leaseSeconds * 0.02, Math.min(leaseSeconds / 2, 30)) * 1000
}

interface Lease {
  readonly leaseSeconds: number
  readonly endsAtMs: number
}

async function askUntilTaken({ leaseSeconds, endsAtMs }: Lease, { ask, tell, stop }: Renewing): Promise<void> {
  // Even the shortest margin has room for a few tries.
  let pauseMs = Math.min(renewalMarginMs(leaseSeconds) / 16, 5000)
  while (!stop.aborted && Date.now() < endsAtMs) {
    const refused = await ask(stop)
    if (stop.aborted) return
    if (refused === null) return tell('the hub accepted the request; it will ask the callback whether it was meant')
    const leftMs = endsAtMs - Date.now()
    if (leftMs <= pauseMs) return tell(`${refused} The lease ends before it could be tried again.`)
    tell(`${refused} Trying again in ${seconds(pauseMs)}; the lease ends in ${seconds(leftMs)}.`)
    await restUntil(Date.now() + pauseMs, stop)
    pauseMs = Math.min(pauseMs * 2, pauseMsMax)
  }
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 100) / 10} s`
}

async function restUntil(atMs: number, stop: AbortSignal): Promise<void> {
  while (!stop.aborted && Date.now() < atMs) {
    const restMs = Math.min(atMs - Date.now(), restMsMax)
    await pause(restMs, undefined, { signal: stop }).catch(() => {}) // It fails by `stop` alone.
  }
}
