import { createHash } from 'node:crypto'
import type { Config } from '../config.ts'

/** What a person sees who opens the hub URL: what this is, and commands to paste. Nothing is loaded, nothing runs. */
export function welcome(config: Config): Response {
  return new Response(page(config), {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy,
      'Referrer-Policy': 'no-referrer',
    },
  })
}

function page(config: Config): string {
  const { HUB_URL, MOVED_TO } = config
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>WebSub hub</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>A WebSub hub</h1>
<p>Publishers tell this hub that a page or feed has changed; it fetches it and sends it to everyone who subscribed, within
moments. Its address is <strong>${escaped(HUB_URL)}</strong></p>
${MOVED_TO === undefined ? '' : `<p>It has moved: subscribe at <a href="${escaped(MOVED_TO)}">${escaped(MOVED_TO)}</a></p>`}
<h2>Subscribe</h2>
<p>Name the topic you want and the URL of yours that shall be called. Your URL is first asked whether it agrees: it
answers with the value of <code>hub.challenge</code>.</p>
${command(subscribing(MOVED_TO ?? HUB_URL))}
<p>The subscription lasts ${days(config.LEASE_SECONDS_DEFAULT)}, or as long as <code>hub.lease_seconds</code> asks (up to
${days(config.LEASE_SECONDS_MAX)}). With <code>hub.secret</code>, everything sent to you is signed in
<code>X-Hub-Signature</code>. <code>hub.mode=unsubscribe</code> ends it.</p>
<h2>Publish</h2>
<p>Let your topic name this hub and itself, in its response headers or in the document:</p>
${command(advertising(HUB_URL))}
<p>Whenever it changes, say so; <code>hub.url</code> may be repeated:</p>
${command(publishing(HUB_URL))}
<p>With a publisher key the content itself can be sent, and nothing is fetched:</p>
${command(handingOver(HUB_URL))}
<p>Subscribing and pings are told in full in <a href="https://www.w3.org/TR/websub/">WebSub, the W3C Recommendation</a>.</p>
</main>
</body>
</html>
`
}

function subscribing(hub: string): string {
  return `curl -i ${quoted(hub)} \\
  -d hub.mode=subscribe \\
  --data-urlencode hub.topic=https://example.org/feed \\
  --data-urlencode hub.callback=https://you.example/callback`
}

function advertising(hub: string): string {
  return `Link: <${hub}>; rel="hub", <https://example.org/feed>; rel="self"`
}

function publishing(hub: string): string {
  return `curl -i ${quoted(hub)} \\
  -d hub.mode=publish \\
  --data-urlencode hub.url=https://example.org/feed`
}

function handingOver(hub: string): string {
  return `curl -i ${quoted(hub)} -H "Authorization: Bearer $FANFARE_KEY" \\
  -H 'Link: <https://example.org/feed>; rel="self"' \\
  -H 'Content-Type: application/atom+xml' --data-binary @feed.xml`
}

function command(text: string): string {
  return `<pre><code>${escaped(text)}</code></pre>`
}

/** One word of a POSIX shell. */
function quoted(word: string): string {
  return /^[\w:/.-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function days(seconds: number): string {
  if (seconds < 86_400) return `${seconds} seconds`
  const count = Number((seconds / 86_400).toFixed(1))
  return count === 1 ? '1 day' : `${count} days`
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#d8d4cc, #3d3a35); --ground: light-dark(#fffdf9, #171614); }
body { margin: 0; background: var(--ground); color: light-dark(#22201c, #e9e5dd); font: 1.05rem/1.6 system-ui, sans-serif; }
main { max-width: 42rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
strong { overflow-wrap: anywhere; }
a { color: light-dark(#8a3b12, #f0a878); }
code { font: .9em/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: .5rem;
  background: light-dark(#f6f2ea, #211f1c); }
`

const styleHash = createHash('sha256').update(style).digest('base64')
/** Nothing on it connects to anything; `connect-src` is for who tries a stream in the browser's console. */
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
