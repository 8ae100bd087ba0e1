import { Ended, type NamedClaim, type Verdict } from './claim.ts'
import { evidence } from './evidence.ts'
import { openContext, type Stage } from './open-context.ts'
import { type KnobName, knobOptions, type Timing } from './settings.ts'
import type { Exchange } from './wire.ts'

/** One claim, and what became of it. */
export interface Result {
  readonly claim: NamedClaim
  readonly verdict: Verdict
  readonly tookMs: number
  /** False where it was run only because a chosen claim presupposes it. */
  readonly chosen: boolean
}

export interface RunOptions {
  /** Every claim there is: what a chosen one presupposes is taken from here. */
  readonly claims: readonly NamedClaim[]
  readonly chosen: readonly NamedClaim[]
  /** How many claims run side by side. */
  readonly atOnce: number
  /**
   * How many do when what was waited for in vain is tried again, twice as patiently, and those that hold the hub's requests by
   * themselves; nothing is tried again where this is left out.
   */
  readonly atOnceAgain?: number
  readonly onResult?: (result: Result) => void
  /** Asked before anything is tried again: a hub that is gone is not waited for twice. */
  readonly isWorthAgain?: (results: readonly Result[]) => Promise<boolean>
  /** Told before anything is tried again: how many claims are, those skipped for them included. */
  readonly onAgain?: (count: number) => void
}

/**
 * Runs the chosen claims side by side, each after those it presupposes. Where one of these failed or was skipped, it is
 * skipped and says why: the hub has been told of that cause already.
 */
export async function runClaims(stage: Stage, options: RunOptions): Promise<readonly Result[]> {
  const first = await runRound(stage, options, new Map())
  const kept = withoutVain(first)
  const results = kept.size < first.size ? await runAgain(stage, options, { first, kept }) : first
  return options.claims.flatMap(({ name }) => results.get(name) ?? [])
}

async function runAgain(
  stage: Stage,
  options: RunOptions,
  { first, kept }: { readonly first: Results; readonly kept: Results },
): Promise<Results> {
  const { atOnceAgain, isWorthAgain = async () => true } = options
  if (atOnceAgain === undefined || !(await isWorthAgain([...first.values()]))) return first
  options.onAgain?.(first.size - kept.size)
  const calm = { ...stage, timing: patient(stage.timing) }
  return runRound(calm, { ...options, atOnce: atOnceAgain, isCalm: true }, kept)
}

function patient(timing: Timing): Timing {
  return { ...timing, verifyMs: 2 * timing.verifyMs, deliveryMs: 2 * timing.deliveryMs, answerMs: 2 * timing.answerMs }
}

type Results = ReadonlyMap<string, Result>

/** Runs what has no result yet. */
async function runRound(
  stage: Stage,
  options: RunOptions & { readonly isCalm?: true },
  kept: Results,
): Promise<Results> {
  const chosen = new Set(options.chosen.map(({ name }) => name))
  const byName = new Map(options.claims.map((claim) => [claim.name, claim]))
  const slots = createSlots(options.atOnce)
  const results = new Map([...kept].map(([name, result]) => [name, Promise.resolve(result)]))

  function resultOf(name: string): Promise<Result> {
    const claim = byName.get(name)
    if (claim === undefined) throw new Error(`there is no claim '${name}' to presuppose`)
    const running = results.get(name) ?? play(claim)
    results.set(name, running)
    return running
  }

  async function play(claim: NamedClaim): Promise<Result> {
    const before = await Promise.all(claim.presupposes.map(resultOf))
    const reason = reasonToSkip(claim, before, stage)
    const share = options.isCalm && claim.holds ? options.atOnce : 1
    const { verdict, tookMs } =
      reason === undefined
        ? await slots.take(share, () => timed(() => judge(claim, stage)))
        : { verdict: { kind: 'skipped', reason } as const, tookMs: 0 }
    const result = { claim, verdict, tookMs, chosen: chosen.has(claim.name) }
    options.onResult?.(result)
    return result
  }

  const needed = withPresupposed(options.chosen, byName)
  await Promise.all(needed.filter(({ alone }) => !alone).map(({ name }) => resultOf(name)))
  for (const { name, alone } of needed) if (alone) await resultOf(name)
  return new Map(await Promise.all([...results].map(async ([name, result]) => [name, await result] as const)))
}

/** And all that they presuppose, in front of them: what is run alone must find none of it still to be run. */
function withPresupposed(
  chosen: readonly NamedClaim[],
  byName: ReadonlyMap<string, NamedClaim>,
): readonly NamedClaim[] {
  const needed = new Set<NamedClaim>()
  const add = (claim: NamedClaim): void => {
    if (needed.has(claim)) return
    for (const name of claim.presupposes) {
      const presupposed = byName.get(name)
      if (presupposed !== undefined) add(presupposed)
    }
    needed.add(claim)
  }
  for (const claim of chosen) add(claim)
  return [...needed]
}

/**
 * The results that stand. Where something did not come in time another claim may have been the cause, by what it kept from the
 * hub's workers; what presupposes such a claim was skipped for it.
 */
function withoutVain(results: Results): Results {
  const vain = new Set([...results.values()].filter(isVain).map(({ claim }) => claim.name))
  const rests = ({ claim, verdict }: Result) =>
    !vain.has(claim.name) && verdict.kind === 'skipped' && claim.presupposes.some((name) => vain.has(name))
  for (let more = [...results.values()]; more.length > 0; ) {
    more = [...results.values()].filter(rests)
    for (const { claim } of more) vain.add(claim.name)
  }
  return new Map([...results].filter(([name]) => !vain.has(name)))
}

function isVain({ verdict }: Result): boolean {
  return verdict.kind === 'fail' && verdict.inVain === true
}

function reasonToSkip(claim: NamedClaim, before: readonly Result[], { knobs }: Stage): string | undefined {
  const missing = (claim.knobs ?? []).find((knob) => knobs[knob] === undefined)
  if (missing !== undefined) return `needs --${optionOf(missing)}: ${knobOptions[missing].tells}`
  if (claim.pings && knobs.publishCommand !== undefined) return 'the hub is told of changes by --publish, not by pings'
  const unmet = before.find(({ verdict }) => verdict.kind !== 'pass' && verdict.kind !== 'observed')
  if (unmet === undefined) return undefined
  const became = { fail: 'failed', skipped: 'was skipped', broken: 'could not be run' }
  return `presupposes ${unmet.claim.name}, which ${became[unmet.verdict.kind as keyof typeof became]}`
}

function optionOf(knob: KnobName): string {
  return knobOptions[knob].option
}

async function judge(claim: NamedClaim, stage: Stage): Promise<Verdict> {
  const opened = await openContext(stageFor(claim, stage))
  const late = new AbortController()
  try {
    const observed = await Promise.race([claim.run(opened.context), tooLate(stage, late.signal)])
    return observed ?? { kind: 'pass' }
  } catch (error) {
    return verdictOf(error, opened.exchanges)
  } finally {
    late.abort()
    await opened.close()
  }
}

async function timed(judged: () => Promise<Verdict>): Promise<Pick<Result, 'verdict' | 'tookMs'>> {
  const beganAtMs = performance.now()
  const verdict = await judged()
  return { verdict, tookMs: performance.now() - beganAtMs }
}

function stageFor({ knobs = [], floods }: NamedClaim, stage: Stage): Stage {
  const { keyedSites } = stage
  return {
    ...stage,
    ...(keyedSites !== undefined && knobs.includes('publisherKey') ? { sites: keyedSites } : {}),
    ...(floods ? { comesAgain: false } : {}),
  }
}

function verdictOf(error: unknown, exchanges: readonly Exchange[]): Verdict {
  if (!(error instanceof Ended)) {
    return { kind: 'broken', why: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
  const { verdict } = error
  return verdict.kind === 'fail' ? { ...verdict, wire: evidence(verdict.wire, exchanges) } : verdict
}

function tooLate({ clock, timing: { claimMs } }: Stage, stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const cancel = clock.countDown(claimMs, () => {
      const verdict = {
        kind: 'fail',
        expected: 'an end',
        found: `none after ${claimMs / 1000} s`,
        wire: [],
        inVain: true,
      } as const
      reject(new Ended(verdict))
    })
    stop.addEventListener('abort', cancel)
  })
}

/** At most so many things at once, the others in the order they came; one that takes a larger share leaves less to others. */
function createSlots(limit: number): { take<T>(share: number, act: () => Promise<T>): Promise<T> } {
  const waiting: { readonly share: number; readonly begin: () => void }[] = []
  let free = limit
  const look = () => {
    for (let [next] = waiting; next !== undefined && next.share <= free; [next] = waiting) {
      waiting.shift()
      free -= next.share
      next.begin()
    }
  }
  return {
    async take(share, act) {
      await new Promise<void>((begin) => {
        waiting.push({ share, begin })
        look()
      })
      try {
        return await act()
      } finally {
        free += share
        look()
      }
    },
  }
}
