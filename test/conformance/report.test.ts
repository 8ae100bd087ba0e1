import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Level, NamedClaim } from '../../conformance/claim.ts'
import { evidence, printEvidence } from '../../conformance/evidence.ts'
import { html } from '../../conformance/report/html.ts'
import { markdown } from '../../conformance/report/markdown.ts'
import { conclusion, failuresOf, makeReport, type Report, type Run } from '../../conformance/report/report.ts'
import { printReport } from '../../conformance/report/terminal.ts'
import type { Result } from '../../conformance/run.ts'
import type { Exchange } from '../../conformance/wire.ts'

test('failures are told the heaviest first, and how many are MUSTs, in so many words or not', () => {
  const report = reportOf(['hardening', 'MAY', 'MUST*', 'compat', 'MUST', 'SHOULD'])
  assert.deepEqual(
    failuresOf(report).map(({ level }) => level),
    ['MUST', 'MUST*', 'SHOULD', 'MAY', 'compat', 'hardening'],
  )
  assert.equal(conclusion(report), '1 of the failures is a MUST, 1 is a MUST*.')
  assert.equal(conclusion(reportOf(['MUST', 'MUST', 'MUST*', 'MUST*'])), '2 of the failures are MUSTs, 2 are MUST*.')
  assert.equal(conclusion(reportOf(['MUST*', 'compat'])), '1 of the failures is a MUST*.')
  assert.equal(conclusion(reportOf(['compat', 'MUST'])), '1 of the failures is a MUST.')
  const application = "tests of the W3C's application"
  assert.equal(conclusion(reportOf(['w3c', 'w3c'])), `2 of the failures are ${application}.`)
  assert.equal(
    conclusion(reportOf(['w3c', 'MUST'])),
    "1 of the failures is a test of the W3C's application, 1 is a MUST.",
  )
  assert.equal(conclusion(reportOf(['hardening'])), 'None of the failures is a MUST.')
  assert.equal(conclusion(reportOf([])), 'The hub keeps what was checked.')
  const skipped = { ...result('MUST'), verdict: { kind: 'skipped', reason: 'it may' } } as const
  assert.equal(conclusion(makeReport({ ...run, results: [skipped] })), 'Nothing was checked.')
})

test('a run in which the suite made a mistake is no verdict, unless a MUST failed beside it', () => {
  const broken = { ...result('MUST'), verdict: { kind: 'broken', why: 'a slip' } } as const
  const slipped = makeReport({ ...run, results: [broken, broken] })
  assert.deepEqual(slipped.noVerdict, ['The suite itself failed to check 2 claims, by a mistake of its own.'])
  assert.equal(slipped.passed, false)
  const failed = makeReport({ ...run, results: [broken, result('MUST')] })
  assert.deepEqual([failed.noVerdict, failed.passed], [[], false])
})

test('what a profile only presupposes is told apart, and counts in a strict run only if it is a MUST', () => {
  const presupposed = (level: Level) => ({ ...result(level), chosen: false })
  const strictly = (results: readonly Result[], more: Partial<Run> = {}) =>
    makeReport({ ...run, strict: true, profile: 'rec', ...more, results })
  const report = strictly([presupposed('hardening')])
  assert.equal(report.passed, true)
  assert.equal(report.claims[0]?.presupposed, true)
  for (const text of [printReport(report, { colour: false }), html(report)])
    assert.match(text, /A title \(only presupposed\)/)
  assert.equal(strictly([presupposed('MUST')]).passed, false)
  assert.equal(strictly([result('SHOULD')]).passed, false)
  assert.equal(strictly([result('hardening')], { profile: 'all' }).passed, false)
})

test('of a hub that called nobody back it is said how it may be made to, where something was waited for', () => {
  const advice = /if it cannot reach the suite, see --listen and --public-url\.$/
  const silent = (more: { readonly inVain?: true }) =>
    conclusion(makeReport({ ...run, calledBack: false, results: [result('MUST', more)] }))
  assert.match(silent({ inVain: true }), advice)
  assert.doesNotMatch(silent({}), advice)
  assert.doesNotMatch(conclusion(reportOf(['MUST'], { inVain: true })), advice)
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
  const gone = makeReport({ ...run, results: [result('MUST', { inVain: true })], why: 'It is gone.' })
  assert.doesNotMatch(printReport(gone, { colour: false }), advice)
})

test('of many exchanges alike the first and the last are shown, and how many there were between', () => {
  const wire = Array.from({ length: 40 }, (_, at) => exchange('subscribe', at))
  const printed = printEvidence([...wire, exchange('verification', 40)])
  assert.equal(printed.length, 7)
  assert.match(printed[2] ?? '', /^subscribe, .* after 2\.00 s/)
  assert.equal(printed[3], '… and 35 more of kind subscribe, answered like these')
  assert.match(printed[5] ?? '', /^subscribe, .* after 39\.00 s/)
  assert.equal(printEvidence(wire.slice(0, 6)).length, 6)
})

test('with a delivery goes the fetch whose content it is, and no other', () => {
  const [one, other] = [exchange('fetch', 1, '', 'one'), exchange('fetch', 2, '', 'other')]
  const delivery = exchange('delivery', 3, 'one')
  const all = [one, other, delivery]
  assert.deepEqual(evidence([delivery], all), [one, delivery])
  assert.deepEqual(evidence([other], all), [other])
  assert.deepEqual(evidence([], all), all)
})

describe('the W3C’s report', () => {
  const rows = ['VER-01', 'VER-02', 'VER-03', 'VER-04', 'VER-05', 'VER-06', 'VER-07', 'VER-08']
  const passed = (more: Partial<NamedClaim> = {}) => ({
    ...result('MUST', {}, more),
    verdict: { kind: 'pass' } as const,
  })
  const seen = (what: string, more: Partial<NamedClaim>) => ({
    ...result('MAY', {}, more),
    verdict: { kind: 'observed', what } as const,
  })
  const written = (results: readonly Result[], more: Partial<Run> = {}) =>
    markdown(makeReport({ ...run, ...more, results }))
  const ticked = /^\* \[x\] 1xx: sends well-formed verification requests$/m

  test('what the field needs beyond the Recommendation unticks no box', () => {
    assert.match(written([passed({ rows }), result('compat')]), ticked)
    assert.doesNotMatch(written([passed({ rows }), result('MUST')]), ticked)
  })

  test('a box is not ticked where some of what it stands for was not checked', () => {
    const some = written([passed({ rows: rows.slice(0, 6) })])
    assert.match(some, /^\* \[ \] 1xx: sends well-formed .* \(not checked: VER-07, VER-08\)$/m)
  })

  test('what is left to the hub is ticked only where the hub chose so', () => {
    const lease = (what: string) => written([seen(what, { rows: ['LEASE-05'] })])
    assert.match(lease('it grants what is asked for'), /^\* \[x\] 1xx: allows subscribers to request/m)
    assert.match(lease('it grants 86400 s instead'), /^\* \[ \] 1xx: allows .*: it grants 86400 s instead$/m)
    const feeds = (what: string) => written([seen(what, { rows: ['DIFF-01'] })])
    assert.match(feeds('it delivers Atom whole, RSS whole'), /^\* \[ \] 100: sends only what is new/m)
    const reduced = 'without what was delivered before'
    assert.match(feeds(`it delivers Atom ${reduced}, RSS ${reduced}`), /^\* \[x\] 100: sends only what is new/m)
  })

  test('the W3C’s own tests tick the boxes that bear their numbers', () => {
    const text = written([passed({ name: 'w3c/101-signs', level: 'w3c', rows: ['PEER-01'] })], { profile: 'w3c' })
    assert.match(text, /^\* \[x\] 101: supports a subscription request with a secret$/m)
    assert.match(text, /^\* \[ \] 104: supports unsubscription requests \(not checked\)$/m)
  })

  test('the methods that were seen to sign are ticked', () => {
    const text = written([
      seen('sha256', { name: 'signing/uses-sha256-or-better' }),
      seen('grants sha1, sha256', { name: 'signing/lets-subscribers-choose' }),
    ])
    assert.deepEqual(text.match(/^ {2}\* \[.\] sha\d+/gm), [
      '  * [x] sha1',
      '  * [x] sha256',
      '  * [ ] sha384',
      '  * [ ] sha512',
    ])
  })
})

function exchange(what: string, seconds: number, asked = '', answered = ''): Exchange {
  const message = (start: string, body: string) => ({ start, headers: [], body: Buffer.from(body) })
  const [request, answer] = [message('POST / HTTP/1.1', asked), message('HTTP/1.1 200 OK', answered)]
  return { what, by: 'hub', atMs: seconds * 1000, request, answer }
}

const run = {
  hub: 'https://hub.example/',
  profile: 'all',
  strict: false,
  startedAt: new Date('2026-11-21T12:00:00Z'),
  tookMs: 1000,
  calledBack: true,
} as const

function reportOf(levels: readonly Level[], more: { readonly inVain?: true } = {}): Report {
  return makeReport({ ...run, results: levels.map((level) => result(level, more)) })
}

function result(level: Level, more: { readonly inVain?: true } = {}, of: Partial<NamedClaim> = {}): Result {
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
    ...of,
  }
  const verdict = { kind: 'fail', expected: 'rain', found: 'sun', wire: [], ...more } as const
  return { claim, verdict, tookMs: 1, chosen: true }
}
