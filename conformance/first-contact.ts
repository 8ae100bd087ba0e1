import { isSuccess } from './asking.ts'
import { Ended } from './claim.ts'
import { openContext, type Stage } from './open-context.ts'
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
    const answer = await context.subscribe(context.topic(), context.callback())
    const { status } = answer
    if (isSuccess(answer))
      return isPage(answer)
        ? `${hub} answers a subscription request with ${status} and a page of HTML: that is no hub, or not its URL.`
        : undefined
    return notAHub(hub, status, answer)
  } catch (error) {
    if (!(error instanceof Ended) || error.verdict.kind !== 'fail') throw error
    return unreached(hub, error.verdict.found.replace(/^no answer: /, ''))
  } finally {
    await close()
  }
}

function unreached(hub: string, why: string): string {
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

function notAHub(hub: string, status: number, answer: Answer): string {
  const said = isPage(answer) ? '' : `: ${answer.text.trim().split('\n')[0]?.slice(0, 200)}`
  if (status >= 300 && status < 400) {
    return `${hub} redirects to ${headerValue(answer.headers, 'Location')} (${status}). Run the suite against that URL.`
  }
  if ([404, 405, 501].includes(status)) {
    return `${hub} takes no subscription request (${status}): that is no hub, or not its URL.`
  }
  if (status >= 500)
    return `${hub} answers a plain subscription request with ${status}${said}. Nothing can be measured until it takes one.`
  if (status === 429)
    return `${hub} refuses even one request a minute (429${said}). Nothing can be measured until it takes more.`
  return `${hub} refuses a plain subscription request (${status}${said}). If it calls no private addresses, let it, or tell --listen and --public-url.`
}
