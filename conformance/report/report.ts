import type { Level, Verdict } from '../claim.ts'
import { sectionOf } from '../claims.ts'
import { printEvidence } from '../evidence.ts'
import { counts, type Profile } from '../profiles.ts'
import type { Result } from '../run.ts'

/** A run as plain data: what `--report out.json` writes, and what every other report is made of. README.md tells its schema. */
export interface Report {
  readonly schema: 'websub-hub-conformance/1'
  readonly hub: string
  readonly profile: Profile
  readonly startedAt: string
  readonly tookMs: number
  /** False if a failure counted for the exit status. */
  readonly passed: boolean
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
}

export function makeReport({ hub, profile, strict, startedAt, tookMs, results }: Run): Report {
  const totals: Record<Verdict['kind'], number> = { pass: 0, fail: 0, skipped: 0, observed: 0, broken: 0 }
  for (const { verdict } of results) totals[verdict.kind]++
  return {
    schema: 'websub-hub-conformance/1',
    hub,
    profile,
    startedAt: startedAt.toISOString(),
    tookMs: Math.round(tookMs),
    passed: !results.some(({ claim, verdict }) => verdict.kind === 'fail' && counts(claim, strict)),
    totals,
    claims: results.map(reported),
  }
}

function reported({ claim, verdict, tookMs }: Result): ReportedClaim {
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

/** What the run comes to, as a sentence: what is said in so many words told apart from what follows from the text. */
export function conclusion(report: Report): string {
  const counted = failuresOf(report).filter((claim) => counts(claim, false))
  if (counted.length === 0) {
    return report.totals.fail > 0 ? 'None of the failures is a MUST.' : 'The hub keeps what was checked.'
  }
  const followed = counted.filter(({ level }) => level === 'MUST*').length
  const kinds = [
    { count: counted.length - followed, one: 'a MUST', many: 'MUSTs' },
    { count: followed, one: 'a MUST*', many: 'MUST*' },
  ].filter(({ count }) => count > 0)
  const told = kinds.map(
    ({ count, one, many }, at) =>
      `${count} ${at === 0 ? 'of the failures ' : ''}${count === 1 ? `is ${one}` : `are ${many}`}`,
  )
  return `${told.join(', ')}.`
}

/** `§5.1` for a section of the Recommendation; another text is named as it is. */
export function citation(section: string): string {
  return /^\d/.test(section) && !section.includes('§') ? `§${section.replaceAll(', ', ', §')}` : section
}

/** The claims of each group, in their order. */
export function byGroup(claims: readonly ReportedClaim[]): readonly (readonly [string, readonly ReportedClaim[]])[] {
  return Object.entries(Object.groupBy(claims, ({ group }) => group)).map(([group, members = []]) => [group, members])
}
