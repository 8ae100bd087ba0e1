import { isSuccess } from './asking.ts'
import { Ended } from './claim.ts'
import { isPartly } from './client.ts'
import type { Context } from './context.ts'
import { openContext, type Stage } from './open-context.ts'
import type { Callback } from './peers.ts'
import { headerValue } from './wire.ts'

/**
 * Asks the hub for one subscription before anything is measured.
 *
 * @returns why nothing can be measured here, in a sentence; undefined if all is well
 */
export async function firstContact(stage: Stage): Promise<string | undefined> {
  const { context, close } = await openContext(stage)
  const { hub } = stage
  try {
    const callback = context.callback()
    const answer = await context.subscribe(context.topic(), callback)
    const { status } = answer
    if (!isSuccess(answer)) return notAHub(hub, status, answer)
    if (isPage(answer))
      return `${hub} answers a subscription request with ${status} and a page of HTML: that is no hub, or not its URL.`
    return (await takesAnything(context, callback)) ? indifferent(stage, status) : undefined
  } catch (error) {
    if (!(error instanceof Ended) || error.verdict.kind !== 'fail') throw error
    return unreached(hub, error.verdict.found.replace(/^no answer: /, ''))
  } finally {
    await close()
  }
}

/**
 * Asks once more after a run in which the hub gave no answer.
 *
 * @returns that it is gone, in a sentence; undefined if it answers
 */
export async function lastContact(stage: Stage): Promise<string | undefined> {
  const { context, close } = await openContext(stage)
  try {
    await context.subscribe(context.topic(), context.callback())
    return undefined
  } catch (error) {
    if (!(error instanceof Ended) || error.verdict.kind !== 'fail') throw error
    if (isPartly(error.verdict.found)) return undefined
    return `${stage.hub} cannot be reached any more: ${error.verdict.found}. What failed for that is no verdict on the hub; see why it ended, and measure it again.`
  } finally {
    await close()
  }
}

/** As a site does that says yes to every request: one that makes no sense is welcome too, and nobody is called back. */
async function takesAnything({ post, happens, timing }: Context, callback: Callback): Promise<boolean> {
  if (!isSuccess(await post({ 'hub.mode': 'no-such-mode' }))) return false
  return !(await happens(() => callback.requests.length > 0, timing.verifyMs))
}

function indifferent({ hub, timing }: Stage, status: number): string {
  const waited = `called no callback within ${timing.verifyMs / 1000} s`
  return `${hub} answers ${status} even to a request that makes no sense, and ${waited}: that is no hub, or not its URL. For a slower one there is --verify-wait, for one that cannot reach the suite --listen and --public-url.`
}

function unreached(hub: string, why: string): string {
  if (isPartly(why))
    return `${hub} answers a subscription request, but not to the end. Found: ${why}. Nothing can be measured until its answers come whole: their length is told by Content-Length, or they are chunked (RFC 9112 §6.3).`
  if (/wrong version number|packet length too long/i.test(why))
    return `${hub} does not speak TLS: is it ${hub.replace(/^https:/i, 'http:')}?`
  if (!/certificate/i.test(why)) return `${hub} cannot be reached: ${why}. Is the hub running, and is that its URL?`
  return `${hub} shows a certificate that nobody here vouches for: ${why.split(';')[0]}. If it is yours, name it in NODE_EXTRA_CA_CERTS=<file>.`
}

interface Answer {
  readonly status: number
  readonly headers: Parameters<typeof headerValue>[0]
  readonly text: string
}

function isPage({ headers, text }: Answer): boolean {
  return /html/i.test(headerValue(headers, 'Content-Type') ?? '') && /<html|<!doctype/i.test(text)
}

const ofRefusal =
  'hub.mode, hub.topic and hub.callback have to be enough (§5.1). If it is for the addresses, since it calls no private ones, let it, or tell --listen and --public-url.'

function notAHub(hub: string, status: number, answer: Answer): string {
  const text = answer.text.trim().split('\n')[0]?.slice(0, 200) ?? ''
  const said = isPage(answer) || text === '' ? '' : `: ${text}`
  if (status >= 300 && status < 400) {
    return `${hub} redirects to ${headerValue(answer.headers, 'Location')} (${status}). Run the suite against that URL.`
  }
  if ([404, 405, 501].includes(status)) {
    return `${hub} takes no subscription request (${status}): that is no hub, or not its URL.`
  }
  if (status === 401 || status === 403) {
    return `${hub} lets not everybody subscribe (${status}${said}). The suite has no credentials: nothing can be measured until it takes a request without.`
  }
  if (status >= 500)
    return `${hub} answers a plain subscription request with ${status}${said}. Nothing can be measured until it takes one.`
  if (status === 429)
    return `${hub} refuses even one request a minute (429${said}). Nothing can be measured until it takes more.`
  return `${hub} refuses a plain subscription request (${status}${said}). ${ofRefusal}`
}
