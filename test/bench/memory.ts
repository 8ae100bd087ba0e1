import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type BenchedHub, ownCheckout, startHub } from './hub.ts'
import type { Measured, Mode, Peaks } from './memory-probe.ts'

/**
 * `node test/bench/memory.ts [checkout …]`: what large content costs a hub's memory: handed over, fetched, and delivered to
 * callbacks that take their time. Several checkouts are measured one after the other. About a minute each.
 */
const contentBytes = 10 * 1024 ** 2
const atOnce = 6
const slowCallbacks = 20
const certificate = fileURLToPath(new URL('../fixtures/tls/localhost.cert.pem', import.meta.url))
const content = Buffer.from(randomBytes(contentBytes).toString('base64url').slice(0, contentBytes))
const packed = gzipSync(content, { level: 1 })

type Coding = 'identity' | 'gzip'

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}; content of ${mebibytes(content.length)} MiB`,
)
const checkouts = process.argv.slice(2)
const publisher = await startPublisher()
const callbacks = await startCallbacks()
for (const checkout of checkouts.length === 0 ? [ownCheckout] : checkouts) {
  for (const mode of ['as is', 'live'] as const) await measureCheckout(checkout, mode)
}
publisher.close()
callbacks.close()

/** Each in a hub of its own: a process keeps some of what it once needed. */
async function measureCheckout(checkout: string, mode: Mode): Promise<void> {
  console.log(`${checkout}, ${mode}: the most above what it held before`)
  for (const coding of ['identity', 'gzip'] as const) {
    await measure(`${atOnce} handed over at once, ${coding}`, { checkout, mode }, async ({ hub, key }) => {
      return () => Promise.all(numbered(atOnce, (at) => handOver(hub, key, `${coding}-${at}`, coding)))
    })
  }
  for (const coding of ['identity', 'gzip'] as const) {
    await measure(`${atOnce} fetched at once, ${coding}, and delivered`, { checkout, mode }, async ({ hub }) => {
      const topics = numbered(atOnce, (at) => `${publisher.url}/${coding}/${at}`)
      const subscribed = topics.map((topic, at) => [topic, callbacks.quick[at] ?? ''] as const)
      await callbacks.subscribe(hub, subscribed)
      return async () => {
        const delivered = callbacks.answered(atOnce)
        await post(hub, [['hub.mode', 'publish'], ...topics.map((topic) => ['hub.url', topic] as const)])
        await delivered
      }
    })
  }
  for (const kind of ['http', 'https'] as const) {
    await measure(
      `1 handed over, to ${slowCallbacks} slow callbacks, ${kind}`,
      { checkout, mode },
      async ({ hub, key }) => {
        const subscribed = callbacks.slow[kind].map((url) => ['https://publisher.example/slow', url] as const)
        await callbacks.subscribe(hub, subscribed)
        return async () => {
          const delivered = callbacks.answered(slowCallbacks)
          await handOver(hub, key, 'slow', 'identity')
          await delivered
        }
      },
    )
  }
}

interface Measuring {
  readonly checkout: string
  readonly mode: Mode
}

type Prepare = (given: { readonly hub: BenchedHub; readonly key: string }) => Promise<() => Promise<unknown>>

async function measure(what: string, { checkout, mode }: Measuring, prepare: Prepare): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'fanfare-bench-'))
  const nodeOptions = ['--expose-gc', '--import', join(import.meta.dirname, 'memory-probe.ts')]
  const hub = await startHub(directory, { EXTRA_CERTIFICATES: certificate }, { checkout, nodeOptions })
  try {
    const key = createKey(checkout, directory)
    const act = await prepare({ hub, key })
    await handOver(hub, key, 'warm', 'identity') // So that the code is there.
    await pause(500)
    hub.child.send(mode)
    await once(hub.child, 'message')
    const beganMs = performance.now()
    await act()
    const tookMs = performance.now() - beganMs
    hub.child.send('end')
    const [{ before, peak }] = (await once(hub.child, 'message')) as [Measured]
    const above = (which: keyof Peaks) => mebibytes(peak[which] - before[which]).padStart(5)
    console.log(
      `  ${what.padEnd(50)} buffers ${above('buffers')}  heap ${above('heap')}  resident ${above('resident')} MiB  ${tookMs.toFixed(0).padStart(6)} ms`,
    )
  } finally {
    await hub.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

function createKey(checkout: string, directory: string): string {
  const words = ['key', 'create', '--topic', 'https://publisher.example', '--delivery', 'latest']
  const environment = { ...process.env, DATA_DIR: directory, PORT: '1' }
  return execFileSync(process.execPath, [join(checkout, 'src/main.ts'), ...words], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  })

    .toString()
    .trim()
}

async function handOver(hub: BenchedHub, key: string, name: string, coding: Coding): Promise<void> {
  const asked = request(hub.url, {
    method: 'POST',
    agent: false,
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'text/plain',
      Link: `<https://publisher.example/${name}>; rel="self"`,
      ...(coding === 'gzip' ? { 'Content-Encoding': 'gzip' } : {}),
    },
  })
  asked.end(coding === 'gzip' ? packed : content)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  if (answer.statusCode !== 202) throw new Error(`The hub answered ${answer.statusCode}.`)
}

/** Its topics are `/identity/…` and `/gzip/…`, each the content in that coding; the second from a server that was not asked to. */
async function startPublisher() {
  const server = createServer((asked, answer) => {
    const coding = asked.url?.startsWith('/gzip') ? 'gzip' : 'identity'
    answer.writeHead(200, {
      'Content-Type': 'text/plain',
      ...(coding === 'gzip' ? { 'Content-Encoding': 'gzip' } : {}),
    })
    answer.end(coding === 'gzip' ? packed : content)
  })
  const port = await listening(server)
  return { url: `http://127.0.0.1:${port}`, close: () => server.close().closeAllConnections() }
}

/** Callbacks, each an origin of its own, that confirm whatever they are asked; the slow ones rest before they read a delivery. */
async function startCallbacks() {
  let left = 0
  let done = () => {}
  const answering = (restMs: number) => async (asked: IncomingMessage, answer: ServerResponse) => {
    const challenge = new URL(asked.url ?? '', 'http://localhost').searchParams.get('hub.challenge')
    if (challenge === null) await pause(restMs)
    const whole = await once(asked.resume(), 'end').catch(() => null)
    if (whole === null) return // The hub gave this attempt up: another will come.
    answer.end(challenge)
    left -= 1
    if (left === 0) done()
  }
  const keyAndCertificate = { cert: readFileSync(certificate), key: readFileSync(certificate.replace('cert', 'key')) }
  const restMs = 2000
  const quick = numbered(atOnce, () => createServer(answering(0)))
  const slow = {
    http: numbered(slowCallbacks, () => createServer(answering(restMs))),
    https: numbered(slowCallbacks, () => createTlsServer(keyAndCertificate, answering(restMs))),
  }
  const urlsOf = (servers: readonly Server[], scheme: string) =>
    Promise.all(servers.map(async (server) => `${scheme}://localhost:${await listening(server)}/`))
  const answered = (count: number) => {
    left = count
    return new Promise<void>((resolve) => {
      done = resolve
    })
  }
  return {
    quick: await urlsOf(quick, 'http'),
    slow: { http: await urlsOf(slow.http, 'http'), https: await urlsOf(slow.https, 'https') },
    /** Resolves once so many requests were answered from now on. */
    answered,
    async subscribe(hub: BenchedHub, pairs: readonly (readonly [topic: string, callback: string])[]): Promise<void> {
      const challenged = answered(pairs.length)
      for (const [topic, callback] of pairs) {
        await post(hub, Object.entries({ 'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.callback': callback }))
      }
      await challenged
    },
    close() {
      for (const server of [...quick, ...slow.http, ...slow.https]) server.close().closeAllConnections()
    },
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function post(hub: BenchedHub, fields: readonly (readonly [string, string])[]): Promise<void> {
  const answer = await fetch(hub.url, { method: 'POST', body: new URLSearchParams(fields.map(([...field]) => field)) })
  await answer.arrayBuffer()
  if (answer.status !== 202 && answer.status !== 204) throw new Error(`The hub answered ${answer.status}.`)
}

function numbered<Each>(count: number, make: (at: number) => Each): readonly Each[] {
  return Array.from({ length: count }, (_, at) => make(at))
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0)
}
