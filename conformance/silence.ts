import { statusOf } from './asking.ts'
import type { Stage } from './open-context.ts'
import { type Sites, siteName } from './sites.ts'

/** The same sites, and whether any request came to one of them. */
export interface HeardSites extends Sites {
  isCalled(): boolean
}

export function listenAt(sites: Sites): HeardSites {
  let called = false
  return {
    open: (name, handler) =>
      sites.open(name, (method, target) => {
        called = true
        return handler(method, target)
      }),
    isCalled: () => called,
    close: () => sites.close(),
  }
}

/**
 * Before anything is measured: a hub that is elsewhere, and the suite where only this machine finds it.
 *
 * @returns what that will come to, in a sentence; undefined if the hub may well be on this machine
 */
export function warningFor(hub: string, isTold: boolean): string | undefined {
  const { hostname } = new URL(hub)
  if (isTold || /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/.test(hostname)) return undefined
  return `The suite's topics and callbacks are on 127.0.0.1: if ${hostname} is another machine, its hub does not reach them. See --listen and --public-url.`
}

/**
 * Of a hub that called nobody back in a whole run: from outside that looks the same as one that cannot reach the suite.
 *
 * @param isTold that whoever started the run has said by which address the hub reaches the suite
 * @returns why the silence is no verdict on the hub, in a sentence; undefined where it is one
 */
export async function excuseOf({ client, sites, timing }: Stage, isTold: boolean): Promise<string | undefined> {
  const name = siteName()
  const { promise: found, resolve } = Promise.withResolvers<string | undefined>()
  const site = await sites.open(name, () => {
    resolve(undefined)
    return { answer: async () => ({ status: 204 }), answered() {}, ended() {} }
  })
  try {
    const request = { url: site.url, method: 'GET', headers: [], body: Buffer.alloc(0) }
    client.send(request, timing.answerMs).then((answer) => resolve(strange(answer)))
    const why = await found
    if (why !== undefined) return astray(site.url.slice(0, -name.length), why)
    return isTold ? undefined : untold(new URL(site.url).hostname)
  } finally {
    await site.close()
  }
}

function strange(answer: Awaited<ReturnType<Stage['client']['send']>>): string {
  return typeof answer === 'string' ? answer : `another server answers there, with ${statusOf(answer)}`
}

function astray(url: string, why: string): string {
  return `The hub called nobody back, and a request of the suite's own to ${url} does not arrive either (${why}). That is how the hub has to reach what --listen opens: see that --public-url leads there.`
}

function untold(host: string): string {
  return `The hub called nobody back, perhaps since it cannot: a hub on another machine, or in a container, has a ${host} of its own. Tell by --listen and --public-url how it reaches the suite; if ${host} is right, --listen ${host}:0 says so, and its silence then counts.`
}
