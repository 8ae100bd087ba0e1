/** What a hub has begun and not yet ended, by the sites it is for. */
export interface Work {
  /** Counts as open until the act has ended. */
  during<T>(urls: readonly string[], act: () => Promise<T>): Promise<T>
  /** Whether nothing is open for any of these sites. */
  isIdleFor(sites: readonly string[]): boolean
}

export function createWork(): Work {
  const open = new Map<string, number>()
  const count = (urls: readonly string[], by: number) => {
    for (const site of urls.map(siteOf)) open.set(site, (open.get(site) ?? 0) + by)
  }
  return {
    async during(urls, act) {
      count(urls, 1)
      try {
        return await act()
      } finally {
        count(urls, -1)
      }
    },
    isIdleFor: (sites) => sites.every((site) => (open.get(site) ?? 0) === 0),
  }
}

/** The suite's sites are an origin and the first part of the path. */
function siteOf(url: string): string {
  return /^https?:\/\/[^/?#]*\/[^/?#]*/.exec(url)?.[0] ?? url
}
