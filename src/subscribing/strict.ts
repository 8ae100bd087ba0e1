import type { Config } from '../config.ts'
import { discoverLinks } from '../discovery/links.ts'
import { comparisonForm, fragmentOf, pageOf } from '../url-key.ts'
import type { OutboundRequest, World } from '../world.ts'

export interface StrictParts {
  readonly config: Config
  readonly world: Pick<World, 'send'>
}

/** How much of a topic is read, and for how long. */
export type StrictLimits = Pick<OutboundRequest, 'timeoutMs' | 'bodyBytesMax' | 'overflow'>

/**
 * TOPIC_STRICT: asks the topic itself whether it names this hub, and itself by the URL asked for; of a fragment topic its page.
 *
 * @returns why not, without quoting its content; null: nothing speaks against it, or the topic cannot be asked
 */
export async function strictReason(
  { config, world }: StrictParts,
  topic: string,
  limits: StrictLimits,
  stop?: AbortSignal,
): Promise<string | null> {
  if (config.TOPIC_STRICT === 'off') return null
  const headers = { 'Cache-Control': 'no-cache' }
  const page = pageOf(topic)
  const answer = await world.send(
    { purpose: 'fetch', method: 'GET', url: page, headers, redirectsMax: 5, ...limits },
    stop,
  )
  if (answer.kind === 'no-answer' || answer.status !== 200) return null // It may be down, or hand its content over.
  const { self, hubs } = await discoverLinks(answer)
  const own = [config.HUB_URL, ...config.HUB_URL_ALIASES].map(comparisonForm)
  if (!hubs.some((hub) => own.includes(comparisonForm(hub)))) {
    return `The topic does not name this hub, ${config.HUB_URL}.`
  }
  if (self !== null && comparisonForm(self) !== comparisonForm(page)) {
    const fragment = fragmentOf(topic)
    return `The topic's own URL is ${self}: subscribe to that${fragment === null ? '' : `, with #${fragment} behind it`}.`
  }
  return null
}
