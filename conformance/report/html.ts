import { sections } from '../claims.ts'
import { escapeXml } from './junit.ts'
import { byGroup, citation, conclusion, failuresOf, headline, type Report, type ReportedClaim } from './report.ts'

const words = { pass: 'pass', fail: 'fail', skipped: 'skipped', observed: 'observed', broken: 'not checked' } as const

/** One file, without a script or anything from elsewhere: for a phone as for a desk, light or dark as the reader likes. */
export function html(report: Report): string {
  const { hub, profile, startedAt, tookMs, totals, claims } = report
  const failures = failuresOf(report)
  const sums = Object.entries(totals).filter(([verdict, count]) => count > 0 || verdict === 'fail')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>WebSub hub conformance: ${escapeXml(hub)}</title>
<style>${style}</style>
<header>
<h1>WebSub hub conformance</h1>
<p><code>${escapeXml(hub)}</code><br>Profile ${profile}, <time datetime="${startedAt}">${startedAt.slice(0, 16).replace('T', ' ')} UTC</time>, ${(tookMs / 1000).toFixed(1)} s</p>
<p class="sums">${sums.map(([verdict, count]) => `<span class="${verdict}">${count} ${words[verdict as keyof typeof words]}</span>`).join(' ')}</p>
<p${report.noVerdict.length === 0 ? '' : ' class="warning"'}>${escapeXml(conclusion(report))}</p>
</header>
<main>
${failures.length === 0 ? '' : `<h2>Failures</h2>\n${failures.map((claim) => failure(claim, failures.length <= openMax)).join('')}`}
${byGroup(claims)
  .map(
    ([group, members]) => `<h2>${escapeXml(sections[group] ?? group)}</h2>\n<ul>${members.map(line).join('')}</ul>\n`,
  )
  .join('')}</main>
<footer><p>MUST, SHOULD and MAY are the Recommendation's; MUST* follows from its text; compat and hardening are what the field and a public place need.</p></footer>
</html>
`
}

/** More failures than this are closed, so that they can be looked over. */
const openMax = 6

function failure(claim: ReportedClaim, isOpen: boolean): string {
  const { name, level, sends, expected = '', found = '', wire = [] } = claim
  return `<details class="fail"${isOpen ? ' open' : ''} id="${escapeXml(name)}">
<summary>${escapeXml(headline(claim))} <small>${level}</small></summary>
<dl><dt>Claim<dd>${meta(claim)} <code>${escapeXml(name)}</code><dt>Sent<dd>${escapeXml(sends)}<dt>Expected<dd>${escapeXml(expected)}<dt>Found<dd>${escapeXml(found)}</dl>
${wire.map((exchange) => `<pre tabindex="0">${escapeXml(exchange)}</pre>`).join('\n')}
</details>
`
}

function line(claim: ReportedClaim): string {
  const { verdict, note, name } = claim
  const title = headline(claim)
  const told = note === undefined ? '' : `<br><small>${escapeXml(note.split('\n')[0] ?? '')}</small>`
  const text = verdict === 'fail' ? `<a href="#${escapeXml(name)}">${escapeXml(title)}</a>` : escapeXml(title)
  return `<li><b class="${verdict}">${words[verdict]}</b> <span>${text} <small>${meta(claim)}</small>${told}</span></li>\n`
}

function meta({ level, section, rows }: ReportedClaim): string {
  return escapeXml(`${level}, ${citation(section)}, ${rows.join(' ')}`)
}

const style = `
:root { --ink: #1b1f24; --paper: #fff; --soft: #5a6370; --line: #d5dae0; --pass: #0a6b2d; --fail: #b3261e; --observed: #0b5c8a; --code: #f3f5f7 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #14171a; --soft: #a3adb8; --line: #343b43; --pass: #5fd38a; --fail: #ff8a80; --observed: #7cc4f0; --code: #1e2328 } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--line) }
ul { list-style: none; padding: 0 } li { display: flex; gap: .75rem; padding: .35rem 0 }
li b { flex: 0 0 5.5rem } small, dt { color: var(--soft) } a { color: inherit }
.pass { color: var(--pass) } .fail:not(details) { color: var(--fail) } .observed { color: var(--observed) } .skipped, .broken { color: var(--soft) }
.sums span { font-weight: 600; margin-right: .75rem }
.warning { border-left: 4px solid var(--fail); padding-left: .75rem; font-weight: 600 }
details { border-left: 4px solid var(--fail); padding: .25rem .75rem; margin: 1rem 0 } summary { font-weight: 600; cursor: pointer }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .75rem } dd { margin: 0 }
pre { background: var(--code); padding: .75rem; overflow-x: auto; font-size: .8rem; line-height: 1.4 }
@media (max-width: 32rem) { dl { grid-template-columns: 1fr } li { display: block } li b { display: inline-block } }
`
