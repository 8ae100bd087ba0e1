import type { Config } from '../config.ts'
import type { DiscoveredLinks } from '../discovery/links.ts'
import { comparisonForm } from '../url-key.ts'
import { urlCharactersMax } from '../url-rules.ts'

/** The links an answer names that can be stored and sent. */
export interface NamedLinks {
  readonly self: string | null
  readonly hubs: readonly string[]
}

/** As many as a Link header carries without outgrowing what servers take in one field. */
const hubsMax = 10

/** What a document says is a stranger's text: of its links those are taken that a client could have given as URLs. */
export function namedLinks({ self, hubs }: DiscoveredLinks): NamedLinks {
  return { self: self !== null && isUsable(self) ? self : null, hubs: hubs.filter(isUsable).slice(0, hubsMax) }
}

function isUsable(url: string): boolean {
  return url.length <= urlCharactersMax && url.isWellFormed() && !/\p{Cc}/u.test(url) && URL.canParse(url)
}

/** The links of a notification (§7). */
export interface DeliveredLinks {
  readonly selfUrl: string
  readonly hubUrls: readonly string[]
}

/**
 * rel=self: what this very answer names, else the topic's URL. rel=hub: what the topic calls this hub, letter for
 * letter, since subscribers compare strings; else the hub's own URL. Further hubs of the topic follow (DIST-24).
 */
export function deliveredLinks({ self, hubs }: NamedLinks, topicUrl: string, config: Config): DeliveredLinks {
  const ours = new Set([config.HUB_URL, ...config.HUB_URL_ALIASES].map(comparisonForm))
  const isOurs = (hub: string) => ours.has(comparisonForm(hub))
  const own = hubs.filter(isOurs)
  const others = hubs.filter((hub) => !isOurs(hub))
  return { selfUrl: self ?? topicUrl, hubUrls: [...(own.length > 0 ? own : [config.HUB_URL]), ...others] }
}
