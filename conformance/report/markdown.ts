import type { Level } from '../claim.ts'
import { sections } from '../claims.ts'
import { profiles } from '../profiles.ts'
import { byGroup, citation, conclusion, type Report, type ReportedClaim } from './report.ts'

interface Item {
  readonly text: string
  /** The rows of the matrix that the item stands for. */
  readonly rows: readonly string[]
  /** The test of the W3C's application that asks the same, where that is the profile. */
  readonly w3c?: string
  /** What the hub has to have chosen of what the text leaves open. */
  readonly chose?: RegExp
  /** Whether the template also asks by which methods. */
  readonly signs?: true
}

/** The features that the W3C's implementation report for hubs asks after, in its order and under its numbers. */
const features: Readonly<Record<string, readonly Item[]>> = {
  Subscribing: [
    { text: '100: supports a typical subscription request', rows: ['SUB-01'], w3c: 'w3c/100-subscribes' },
    { text: '101: supports a subscription request with a secret', rows: ['SUB-03'], w3c: 'w3c/101-signs' },
    {
      text: '102: ignores additional parameters it does not recognise',
      rows: ['SUB-04'],
      w3c: 'w3c/102-ignores-more',
    },
    {
      text: '103: allows re-subscribing before the subscription expires',
      rows: ['SUB-17', 'SUB-18', 'SUB-19', 'SUB-20'],
      w3c: 'w3c/103-renews',
    },
    { text: '104: supports unsubscription requests', rows: ['UNS-01', 'UNS-02'], w3c: 'w3c/104-unsubscribes' },
  ],
  Verification: [
    {
      text: '1xx: sends well-formed verification requests',
      rows: ['VER-01', 'VER-02', 'VER-03', 'VER-04', 'VER-05', 'VER-06', 'VER-07', 'VER-08'],
    },
    {
      text: '1xx: allows subscribers to request a specific lease duration',
      rows: ['LEASE-05'],
      chose: /grants what is asked for/,
    },
  ],
  'Content distribution': [
    { text: '100: sends the content type of the topic', rows: ['DIST-03'], w3c: 'w3c/100-subscribes' },
    { text: '100: sends the full contents of the topic', rows: ['DIST-02'], w3c: 'w3c/100-subscribes' },
    {
      text: '100: sends only what is new of Atom and RSS feeds',
      rows: ['DIFF-01'],
      chose: /Atom without .*RSS without /,
    },
    {
      text: '101: sends a valid signature where a secret was given',
      rows: ['SIG-01', 'SIG-03'],
      w3c: 'w3c/101-signs',
      signs: true,
    },
  ],
}

const methods = ['sha1', 'sha256', 'sha384', 'sha512']

/** The report in the shape of the W3C's template; who the hub is, and by whom, is left for its author to fill in. */
export function markdown(report: Report): string {
  const { hub, startedAt, profile, totals, noVerdict } = report
  const warning = noVerdict.length === 0 ? '' : `\n**${cell(conclusion(report))}**\n`
  return `# Implementation report: hub at ${hub}

* Implementation name and home page: (fill in)
* Source code: (fill in)
* [ ] 100% open source
* Programming language(s): (fill in)
* Developer(s): (fill in)
* Answers: measured by the WebSub hub conformance suite, profile \`${profile}\`, ${startedAt}
${warning}
A box is ticked if all that stands for it was checked and holds; what is left to the hub, if it chose so.

${Object.entries(features)
  .map(([heading, items]) => `## ${heading}\n\n${items.map((item) => feature(item, report)).join('')}\n`)
  .join('')}
## All claims

${totals.pass} passed, ${totals.fail} failed, ${totals.skipped} skipped, ${totals.observed} observed.

${byGroup(report.claims)
  .map(([group, claims]) => `### ${sections[group] ?? group}\n\n${table(claims)}\n`)
  .join('\n')}`
}

function feature(item: Item, report: Report): string {
  const stand = claimsFor(item, report)
  const seen = stand.flatMap(({ verdict, note = '' }) => (verdict === 'observed' && note !== '' ? [note] : []))
  const { holds, why } = judge(item, stand, seen)
  const told = seen.length > 0 ? `: ${cell(seen.join('; '))}` : ''
  return `* [${holds ? 'x' : ' '}] ${item.text}${why}${told}\n${item.signs ? signatures(report) : ''}`
}

function claimsFor({ rows, w3c }: Item, { profile, claims }: Report): readonly ReportedClaim[] {
  if (profile === 'w3c') return claims.filter(({ name }) => name === w3c)
  return claims.filter((claim) => isAsked(claim.level) && claim.rows.some((row) => rows.includes(row)))
}

/** Each row has to be seen to hold: of a run of a few claims not much can be said. */
function judge({ rows, chose = /^/ }: Item, stand: readonly ReportedClaim[], seen: readonly string[]) {
  const fails = stand.filter(({ verdict }) => verdict === 'fail')
  if (fails.length > 0) return { holds: false, why: ` (fails: ${fails.map(({ name }) => name).join(', ')})` }
  const held = stand.filter(({ verdict }) => verdict === 'pass' || verdict === 'observed')
  const isHeld = (row: string) => held.some((claim) => claim.level === 'w3c' || claim.rows.includes(row))
  if (held.length === 0) return { holds: false, why: ' (not checked)' }
  const missing = rows.filter((row) => !isHeld(row))
  if (missing.length > 0) return { holds: false, why: ` (not checked: ${missing.join(', ')})` }
  return { holds: chose.test(seen.join('; ')), why: '' }
}

/** The methods that were seen to sign, each with a box of its own. */
function signatures({ claims }: Report): string {
  const told = claims
    .filter(
      ({ name, verdict }) => /^signing\/(uses|lets)-/.test(name) && (verdict === 'observed' || verdict === 'fail'),
    )
    .flatMap(({ note, found }) => (note ?? found ?? '').match(/\bsha\d+\b/g) ?? [])
  return methods.map((method) => `  * [${told.includes(method) ? 'x' : ' '}] ${method}\n`).join('')
}

/** What peers in the field need beyond the Recommendation unticks no box of the W3C's. */
function isAsked(level: Level): boolean {
  const levels: readonly Level[] = [...profiles.rec.levels, ...profiles.w3c.levels]
  return levels.includes(level)
}

function table(claims: readonly ReportedClaim[]): string {
  const lines = claims.map(
    ({ verdict, level, section, rows, title, found, note }) =>
      `| ${verdict} | ${level} | ${citation(section)} | ${rows.join(' ')} | ${cell(title)} | ${cell(found ?? note ?? '')} |\n`,
  )
  return `| verdict | level | section | rows | claim | seen |\n|---|---|---|---|---|---|\n${lines.join('')}`
}

/** Nothing that a table, or a page it is put on, could take for markup. */
function cell(text: string): string {
  return (
    text.split('\n')[0]?.slice(0, 300).replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;') ?? ''
  )
}
