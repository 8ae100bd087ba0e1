import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Level, NamedClaim } from '../../conformance/claim.ts'
import { html } from '../../conformance/report/html.ts'
import { markdown } from '../../conformance/report/markdown.ts'
import { conclusion, failuresOf, makeReport, type Report } from '../../conformance/report/report.ts'
import { printReport } from '../../conformance/report/terminal.ts'

test('failures are told the heaviest first, and how many are MUSTs', () => {
  const report = reportOf(['hardening', 'MAY', 'MUST*', 'compat', 'MUST', 'SHOULD'])
  assert.deepEqual(
    failuresOf(report).map(({ level }) => level),
    ['MUST', 'MUST*', 'SHOULD', 'MAY', 'compat', 'hardening'],
  )
  assert.equal(conclusion(report), '2 of the failures are MUSTs.')
  assert.equal(conclusion(reportOf(['compat', 'MUST'])), '1 of the failures is a MUST.')
  assert.equal(conclusion(reportOf(['hardening'])), 'None of the failures is a MUST.')
  assert.equal(conclusion(reportOf([])), 'The hub keeps what was checked.')
})

test('a page with many failures shows them closed, each with its level', () => {
  assert.equal(html(reportOf(['MUST', 'MUST'])).match(/<details class="fail" open /g)?.length, 2)
  const many = html(reportOf(Array.from({ length: 7 }, () => 'MUST')))
  assert.equal(many.match(/<details class="fail" id=/g)?.length, 7)
  assert.equal(many.match(/<summary>A title <small>MUST<\/small><\/summary>/g)?.length, 7)
})

test('who failed because nothing came in time is told how to make the suite wait', () => {
  const advice = /--verify-wait and --delivery-wait tell how long/
  assert.match(printReport(reportOf(['MUST'], { inVain: true }), { colour: false }), advice)
  assert.doesNotMatch(printReport(reportOf(['MUST']), { colour: false }), advice)
})

test('what the field needs beyond the Recommendation unticks no box of the W3C’s report', () => {
  const ticked = /^\* \[x\] 1xx: sends well-formed verification requests/m
  const passed = { ...result('MUST'), verdict: { kind: 'pass' } } as const
  assert.match(markdown(makeReport({ ...run, results: [passed, result('compat')] })), ticked)
  assert.doesNotMatch(markdown(makeReport({ ...run, results: [passed, result('MUST')] })), ticked)
})

const run = {
  hub: 'https://hub.example/',
  profile: 'all',
  strict: false,
  startedAt: new Date('2026-11-21T12:00:00Z'),
  tookMs: 1000,
} as const

function reportOf(levels: readonly Level[], more: { readonly inVain?: true } = {}): Report {
  return makeReport({ ...run, results: levels.map((level) => result(level, more)) })
}

function result(level: Level, more: { readonly inVain?: true } = {}) {
  const claim: NamedClaim = {
    name: 'verification/is-there',
    rows: ['VER-08'],
    level,
    section: '5.3',
    title: 'A title',
    sends: '',
    expects: '',
    presupposes: [],
    run: async () => undefined,
  }
  const verdict = { kind: 'fail', expected: 'rain', found: 'sun', wire: [], ...more } as const
  return { claim, verdict, tookMs: 1, chosen: true }
}
