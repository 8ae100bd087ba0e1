import type { NamedClaim } from './claim.ts'
import { createClient } from './client.ts'
import { rest, worldClock } from './clock.ts'
import { firstContact, lastContact } from './first-contact.ts'
import type { Stage } from './open-context.ts'
import { type Options, WrongOptions } from './options.ts'
import { type OwnHub, startOwnHub } from './own-hub.ts'
import { createPingName } from './ping-name.ts'
import { createProgress } from './progress.ts'
import { writeReports } from './report/files.ts'
import { makeReport, type Report } from './report/report.ts'
import { printReport } from './report/terminal.ts'
import { type Result, runClaims } from './run.ts'
import type { KnobName } from './settings.ts'
import { excuseOf, type HeardSites, listenAt, warningFor } from './silence.ts'
import { type Sites, sitesByPath, sitesByPort } from './sites.ts'

export interface Measurement {
  readonly options: Options
  readonly claims: readonly NamedClaim[]
  readonly chosen: readonly NamedClaim[]
}

type Terminal = Pick<typeof process, 'stdout' | 'stderr' | 'once' | 'off'>

/** Runs the chosen claims against the hub, prints and writes the reports. Returns the exit status. */
export async function measure({ options, claims, chosen }: Measurement, terminal: Terminal): Promise<number> {
  const client = createClient()
  const keyedSites = await sitesByPath({ host: '127.0.0.1', port: 0 })
  let own: OwnHub | undefined
  let sites: HeardSites | undefined
  try {
    if (options.hub === undefined) own = await startOwnHub(knobsOf(claims, chosen), keyedSites.url)
    sites = listenAt(await openSites(options))
    const stage: Stage & { readonly sites: HeardSites } = {
      hub: options.hub ?? own?.url ?? '',
      clock: worldClock,
      timing: options.timing,
      knobs: { ...own?.knobs, ...options.knobs },
      sites,
      ...(own === undefined ? {} : { keyedSites }),
      client,
    }
    const warning = warningFor(stage.hub, isTold(options))
    if (warning !== undefined) terminal.stderr.write(`${warning}\n`)
    const trouble = await firstContact(stage)
    if (trouble !== undefined) {
      terminal.stderr.write(`${trouble}\n`)
      return 2
    }
    const pingName = createPingName(stage)
    const report = await run({ options, claims, chosen }, { ...stage, pingName }, terminal)
    terminal.stdout.write(printReport(report, { colour: terminal.stdout.isTTY === true }))
    const unwritten = writeReports(report, options.reports)
    for (const sentence of unwritten) terminal.stderr.write(`${sentence}\n`)
    return unwritten.length > 0 ? 2 : exitStatus(report)
  } finally {
    client.close()
    await sites?.close()
    await keyedSites.close()
    await own?.stop()
  }
}

/** Whether the hub is known to reach the suite: its own is started where it does, of another somebody has to say so. */
function isTold({ hub, listen }: Options): boolean {
  return hub === undefined || listen !== undefined
}

/** What the chosen claims, and all that they presuppose, have to be told. */
function knobsOf(claims: readonly NamedClaim[], chosen: readonly NamedClaim[]): ReadonlySet<KnobName> {
  const reached = new Set(chosen)
  for (const { presupposes } of reached) {
    for (const claim of claims) if (presupposes.includes(claim.name)) reached.add(claim)
  }
  return new Set([...reached].flatMap(({ knobs = [] }) => knobs))
}

async function openSites({ listen, publicUrl }: Options): Promise<Sites> {
  try {
    if (listen === undefined) return sitesByPort('127.0.0.1')
    return await sitesByPath({ ...listen, ...(publicUrl === undefined ? {} : { publicUrl }) })
  } catch (error) {
    throw new WrongOptions(`--listen: nothing can be opened there (${error instanceof Error ? error.message : error}).`)
  }
}

/** Where Ctrl-C cuts the run short, only what had ended is in the report, which says so. */
async function run(
  { options, claims, chosen }: Measurement,
  stage: Stage & { readonly sites: HeardSites },
  terminal: Terminal,
): Promise<Report> {
  const progress = createProgress(chosen.length, terminal.stderr)
  const startedAt = new Date()
  const beganAtMs = performance.now()
  const { atOnce, profile, strict } = options
  const again = atOnce === 1 ? {} : { atOnceAgain: Math.min(atOnce, atOnceAgain) }
  const ended = new Map<string, Result>()
  const onResult = (result: Result) => {
    ended.set(result.claim.name, result)
    progress.add(result)
  }
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<undefined>()
  const stop = () => interrupt(undefined)
  terminal.once('SIGINT', stop)
  let gone: string | undefined
  const isWorthAgain = async (results: readonly Result[]) => {
    gone = await goneSince(results, stage)
    return gone === undefined
  }
  const wanted = { claims, chosen, atOnce, ...again, onResult, isWorthAgain, onAgain: progress.again }
  const whole = await Promise.race([runClaims(stage, wanted), interrupted])
  terminal.off('SIGINT', stop)
  progress.done()
  const tookMs = performance.now() - beganAtMs
  const results = whole ?? claims.flatMap(({ name }) => ended.get(name) ?? [])
  const calledBack = stage.sites.isCalled()
  const why =
    whole === undefined
      ? cutShort(results, chosen)
      : (gone ?? (await excuse(whole, { ...stage, isTold: isTold(options) })))
  return makeReport({ hub: stage.hub, profile, strict, startedAt, tookMs, results, calledBack, why })
}

function cutShort(ended: readonly Result[], chosen: readonly NamedClaim[]): string {
  const count = ended.filter((result) => result.chosen).length
  if (count < chosen.length)
    return `Stopped when ${count} of ${chosen.length} claims had ended: of the others nothing is known.`
  return 'Stopped while claims that had waited in vain were tried again: what is told of these is their first try.'
}

/** Why what failed may be no fault of the hub's, in a sentence; undefined where nothing speaks for that. */
async function excuse(
  results: readonly Result[],
  { isTold, ...stage }: Stage & { readonly sites: HeardSites; readonly isTold: boolean },
): Promise<string | undefined> {
  const gone = await goneSince(results, stage)
  if (gone !== undefined) return gone
  const waited = results.some(({ verdict }) => verdict.kind === 'fail' && verdict.inVain)
  return waited && !stage.sites.isCalled() ? excuseOf(stage, isTold) : undefined
}

/** That the hub is gone, where some claim failed because a request of the suite's was not answered. */
async function goneSince(results: readonly Result[], stage: Stage): Promise<string | undefined> {
  const isUnanswered = results.some(({ verdict }) => verdict.kind === 'fail' && verdict.found.startsWith('no answer'))
  if (!isUnanswered || (await lastContact(stage)) === undefined) return undefined
  await rest(stage.clock, stage.timing.quietMs) // It may just be starting again.
  return lastContact(stage)
}

function exitStatus({ passed, noVerdict }: Report): number {
  if (noVerdict.length > 0) return 2
  return passed ? 0 : 1
}

/** Few enough for a hub with one worker. */
const atOnceAgain = 8
