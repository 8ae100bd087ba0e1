import type { Level, NamedClaim, Verdict } from '../claim.ts'
import { sectionOf } from '../claims.ts'
import { printEvidence } from '../evidence.ts'
import { isAsked, isMust, type Profile } from '../profiles.ts'
import type { Result } from '../run.ts'

/** A run as plain data: what `--report out.json` writes, and what every other report is made of. README.md tells its schema. */
export interface Report {
  readonly schema: 'websub-hub-conformance/1'
  readonly hub: string
  readonly profile: Profile
  readonly startedAt: string
  readonly tookMs: number
  /** That the exit status is 0: no failure counted, and nothing kept the run from a verdict. */
  readonly passed: boolean
  /** Why the run as a whole is no verdict on the hub, in sentences: it was cut short, the hub went away, the suite made a mistake. */
  readonly noVerdict: readonly string[]
  /** Whether any request of the hub's came to the suite. */
  readonly calledBack: boolean
  readonly totals: Totals
  readonly claims: readonly ReportedClaim[]
}

export type Totals = Readonly<Record<Verdict['kind'], number>>

export interface ReportedClaim {
  readonly name: string
  readonly group: string
  readonly title: string
  readonly rows: readonly string[]
  readonly level: Level
  readonly section: string
  readonly sends: string
  readonly expects: string
  readonly verdict: Verdict['kind']
  /** Not chosen: checked only because a chosen claim presupposes it. */
  readonly presupposed?: true
  /** Failed: what was expected, what was found, and the exchanges as they were on the wire. */
  readonly expected?: string
  readonly found?: string
  readonly wire?: readonly string[]
  /** Failed: something did not come in the time the suite waits. */
  readonly inVain?: true
  /** Skipped: why. Observed: what. Broken: the suite's own mistake. */
  readonly note?: string
  readonly tookMs: number
}

export interface Run {
  readonly hub: string
  readonly profile: Profile
  readonly strict: boolean
  readonly startedAt: Date
  readonly tookMs: number
  readonly results: readonly Result[]
  readonly calledBack: boolean
  /** What is known to have kept it from being a verdict, in a sentence. */
  readonly why?: string | undefined
}

export function makeReport({ hub, profile, strict, startedAt, tookMs, results, calledBack, why }: Run): Report {
  const totals: Record<Verdict['kind'], number> = { pass: 0, fail: 0, skipped: 0, observed: 0, broken: 0 }
  for (const { verdict } of results) totals[verdict.kind]++
  const counts = (claim: NamedClaim) => isMust(claim) || (strict && isAsked(claim, profile))
  const failed = results.some(({ claim, verdict }) => verdict.kind === 'fail' && counts(claim))
  const broken = totals.broken > 0 && !failed ? [unchecked(totals.broken)] : []
  const noVerdict = [...(why === undefined ? [] : [why]), ...broken]
  return {
    schema: 'websub-hub-conformance/1',
    hub,
    profile,
    startedAt: startedAt.toISOString(),
    tookMs: Math.round(tookMs),
    passed: !failed && noVerdict.length === 0,
    noVerdict,
    calledBack,
    totals,
    claims: results.map(reported),
  }
}

/** What failed beside it is a verdict nonetheless; that nothing did is none. */
function unchecked(count: number): string {
  return `The suite itself failed to check ${count === 1 ? 'a claim' : `${count} claims`}, by a mistake of its own.`
}

function reported({ claim, verdict, tookMs, chosen }: Result): ReportedClaim {
  const { name, title, rows, level, section, sends, expects } = claim
  return {
    name,
    group: sectionOf(claim),
    title,
    rows,
    level,
    section,
    sends,
    expects,
    verdict: verdict.kind,
    ...(chosen ? {} : { presupposed: true }),
    ...details(verdict),
    tookMs: Math.round(tookMs),
  }
}

function details(verdict: Verdict): Pick<ReportedClaim, 'expected' | 'found' | 'wire' | 'inVain' | 'note'> {
  switch (verdict.kind) {
    case 'pass':
      return {}
    case 'fail':
      return {
        expected: verdict.expected,
        found: verdict.found,
        wire: printEvidence(verdict.wire),
        ...(verdict.inVain ? { inVain: true } : {}),
      }
    case 'skipped':
      return { note: verdict.reason }
    case 'observed':
      return { note: verdict.what }
    case 'broken':
      return { note: verdict.why }
  }
}

/** What failed, the heaviest first. */
export function failuresOf({ claims }: Report): readonly ReportedClaim[] {
  const weight = ({ level }: ReportedClaim) => weights.indexOf(level)
  return claims.filter(({ verdict }) => verdict === 'fail').toSorted((one, other) => weight(one) - weight(other))
}

const weights: readonly Level[] = ['w3c', 'MUST', 'MUST*', 'SHOULD', 'MAY', 'compat', 'hardening', 'extension']

/**
 * What the run comes to, in a sentence: what is said in so many words told apart from what follows from the text. Of a run that
 * is no verdict only why it is none: what failed in it may have failed for that.
 */
export function conclusion(report: Report): string {
  if (report.noVerdict.length > 0) return `No verdict. ${report.noVerdict.join(' ')}`
  const isSilent = !report.calledBack && report.claims.some(({ inVain }) => inVain)
  return isSilent ? `${verdict(report)} ${silent}` : verdict(report)
}

const silent =
  'The hub called nobody back in the whole run: if it cannot reach the suite, see --listen and --public-url.'

function verdict(report: Report): string {
  const counted = failuresOf(report).filter(isMust)
  if (counted.length === 0) return unblamed(report.totals)
  const kinds = [
    { of: 'w3c', one: "a test of the W3C's application", many: "tests of the W3C's application" },
    { of: 'MUST', one: 'a MUST', many: 'MUSTs' },
    { of: 'MUST*', one: 'a MUST*', many: 'MUST*' },
  ].map((kind) => ({ ...kind, count: counted.filter(({ level }) => level === kind.of).length }))
  const told = kinds
    .filter(({ count }) => count > 0)
    .map(
      ({ count, one, many }, at) =>
        `${count} ${at === 0 ? 'of the failures ' : ''}${count === 1 ? `is ${one}` : `are ${many}`}`,
    )
  return `${told.join(', ')}.`
}

function unblamed({ fail, pass, observed, skipped }: Totals): string {
  if (fail > 0) return 'None of the failures is a MUST.'
  return pass + observed === 0 && skipped > 0 ? 'Nothing was checked.' : 'The hub keeps what was checked.'
}

/** `§5.1` for a section of the Recommendation; another text is named as it is. */
export function citation(section: string): string {
  return /^\d/.test(section) && !section.includes('§') ? `§${section.replaceAll(', ', ', §')}` : section
}

/** The title, and that the claim was not chosen where that is so. */
export function headline({ title, presupposed }: ReportedClaim): string {
  return presupposed ? `${title} (only presupposed)` : title
}

/** The claims of each group, in their order. */
export function byGroup(claims: readonly ReportedClaim[]): readonly (readonly [string, readonly ReportedClaim[]])[] {
  return Object.entries(Object.groupBy(claims, ({ group }) => group)).map(([group, members = []]) => [group, members])
}
