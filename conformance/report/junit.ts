import { sections } from '../claims.ts'
import { byGroup, headline, type Report, type ReportedClaim } from './report.ts'

/**
 * JUnit XML as build servers read it: a suite for each group of claims. What the suite could not check is an error, and so is, in a
 * suite of its own, what keeps the whole run from being a verdict: an attribute more is shown by none of them.
 */
export function junit(report: Report): string {
  const { totals, claims, tookMs, hub, noVerdict } = report
  const suites = [
    ...runSuite(noVerdict),
    ...byGroup(claims).map(([group, members]) => suite(sections[group] ?? group, members)),
  ]
  const name = escapeXml(`WebSub hub conformance of ${hub}`)
  const sums = `tests="${claims.length + noVerdict.length}" failures="${totals.fail}" errors="${totals.broken + noVerdict.length}" skipped="${totals.skipped}"`
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${name}" ${sums} time="${seconds(tookMs)}">
${suites.join('')}</testsuites>
`
}

function runSuite(noVerdict: readonly string[]): readonly string[] {
  if (noVerdict.length === 0) return []
  const { length } = noVerdict
  const cases = noVerdict.map(
    (sentence) =>
      `    <testcase classname="run" name="The run is a verdict on the hub" time="0.000"><error message="${escapeXml(sentence)}"/></testcase>\n`,
  )
  return [
    `  <testsuite name="The run" tests="${length}" failures="0" errors="${length}" skipped="0">\n${cases.join('')}  </testsuite>\n`,
  ]
}

function suite(title: string, claims: readonly ReportedClaim[]): string {
  const count = (verdict: ReportedClaim['verdict']) => claims.filter((claim) => claim.verdict === verdict).length
  const sums = `tests="${claims.length}" failures="${count('fail')}" errors="${count('broken')}" skipped="${count('skipped')}"`
  return `  <testsuite name="${escapeXml(title)}" ${sums}>\n${claims.map(testCase).join('')}  </testsuite>\n`
}

function testCase(claim: ReportedClaim): string {
  const { name, tookMs } = claim
  const inner = outcome(claim)
  const head = `    <testcase classname="${escapeXml(name)}" name="${escapeXml(headline(claim))}" time="${seconds(tookMs)}"`
  return inner === '' ? `${head}/>\n` : `${head}>${inner}</testcase>\n`
}

function outcome({ verdict, level, section, expected, found, wire = [], note = '' }: ReportedClaim): string {
  switch (verdict) {
    case 'pass':
      return ''
    case 'fail': {
      const message = `${level}, ${section}: expected ${expected}; found ${found}`
      return `<failure message="${escapeXml(message)}">${escapeXml(wire.join('\n\n'))}</failure>`
    }
    case 'skipped':
      return `<skipped message="${escapeXml(note)}"/>`
    case 'observed':
      return `<system-out>${escapeXml(note)}</system-out>`
    case 'broken':
      return `<error message="The suite failed to check this">${escapeXml(note)}</error>`
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

/** Also for HTML. What XML 1.0 cannot carry at all becomes the replacement character. */
export function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  const carried = [...text].map((character) => (isCarried(character) ? character : '\ufffd')).join('')
  return carried.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

function isCarried(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff
}
