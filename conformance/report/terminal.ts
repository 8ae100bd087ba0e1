import { styleText } from 'node:util'
import { sections } from '../claims.ts'
import { printable } from '../wire.ts'
import { byGroup, citation, conclusion, failuresOf, headline, type Report, type ReportedClaim } from './report.ts'

const marks = {
  pass: ['pass', 'green'],
  fail: ['FAIL', 'red'],
  skipped: ['skip', 'gray'],
  observed: ['seen', 'cyan'],
  broken: ['????', 'magenta'],
} as const

/** The whole table, then every failure with what was on the wire, then the sum. */
export function printReport(report: Report, { colour }: { readonly colour: boolean }): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text)
  const groups = byGroup(report.claims).map(
    ([group, claims]) =>
      `\n${paint('bold', sections[group] ?? group)}\n${claims.map((claim) => `${printClaim(claim, paint)}\n`).join('')}`,
  )
  const failures = failuresOf(report).map((claim) => printFailure(claim, paint))
  return `${groups.join('')}${failures.join('')}\n${printTotals(report, paint)}\n`
}

const waitedInVain =
  'Some failed because nothing came in time. If the hub is only slower, --verify-wait and --delivery-wait tell how long to wait, --retry-within for retries.'

type Paint = (style: 'bold' | 'red' | 'green' | 'gray' | 'cyan' | 'magenta', text: string) => string

function printClaim(claim: ReportedClaim, paint: Paint): string {
  const { verdict, level, section, note } = claim
  const [mark, style] = marks[verdict]
  const line = `  ${paint(style, mark)}  ${level.padEnd(9)} ${citation(section).padEnd(11)} ${headline(claim)}`
  return note === undefined ? line : `${line}\n        ${paint('gray', printable(note.split('\n')[0] ?? ''))}`
}

function printFailure(claim: ReportedClaim, paint: Paint): string {
  const { name, level, section, rows, expected = '', found = '', wire = [] } = claim
  return `
${paint('red', `FAIL ${name}`)}  ${level}, ${citation(section)}, ${rows.join(' ')}
  ${headline(claim)}
  expected: ${printable(expected)}
  found:    ${printable(found)}
${wire.map((exchange) => `\n${indent(exchange)}\n`).join('')}`
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}

function printTotals(report: Report, paint: Paint): string {
  const { totals, tookMs, hub, passed, claims, noVerdict, calledBack } = report
  const broken = totals.broken > 0 ? `, ${totals.broken} that the suite itself failed to check` : ''
  const sum = `${totals.pass} passed, ${totals.fail} failed, ${totals.skipped} skipped, ${totals.observed} observed${broken}`
  const verdict = paint(passed ? 'green' : 'red', conclusion(report))
  const mayBeSlower = (noVerdict.length === 0 || !calledBack) && claims.some(({ inVain }) => inVain)
  const slow = mayBeSlower ? `\n${waitedInVain}` : ''
  return `${hub}: ${sum} in ${(tookMs / 1000).toFixed(1)} s. ${verdict}${slow}`
}
