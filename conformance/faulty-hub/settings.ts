/** How a hub is set: quick by default, for nobody but the suite calls it. */
export interface HubSettings {
  /** The URL it is reached by. */
  readonly ownUrl: () => string
  /** Another by which it can be. */
  readonly aliasUrl: () => string
  /** What it takes for a second when it counts a lease or a Retry-After. */
  readonly secondMs: number
  readonly leaseSeconds: { readonly min: number; readonly standard: number; readonly max: number }
  readonly verifyDelayMs: number
  /** From one verification of a pair to the next, but for those that got no answer. */
  readonly verifyRestMs: number
  readonly verifyTimeoutMs: number
  /** Between two denials. */
  readonly denialRestMs: number
  /** How long a client that waits for its verification is kept waiting. */
  readonly verifyAtOnceMs: number
  readonly verifyRetryMs: readonly number[]
  /** From a ping to the fetch: pings that come meanwhile are one. */
  readonly fetchRestMs: number
  readonly fetchTimeoutMs: number
  readonly fetchRetryMs: readonly number[]
  /** After a fetch that found nothing new, when the hub looks once more, and then again. */
  readonly lookAgainMs: readonly number[]
  /** Pings for one topic: as many may come at once, and as many a second. */
  readonly pingsPerSecondMax: number
  readonly deliveryTimeoutMs: number
  readonly retryMs: readonly number[]
  readonly contentBytesMax: number
  readonly redirectsMax: number
  /** Whoever shows it may hand over the content of topics on this machine. */
  readonly publisherKey: string | undefined
  /** `new entries`: Atom and RSS without what a subscription has had. */
  readonly feeds: 'whole' | 'new entries'
  /** `closed` denies every topic; `strict` those that do not name this hub and themselves; `moved` sends elsewhere. */
  readonly policy: 'open' | 'closed' | 'strict' | 'moved'
  /** What becomes of a subscription whose topic names other hubs: it may be denied (§5.2). */
  readonly leavers: 'served' | 'denied'
  /** Whether it asks again by itself before a lease ends (§5, step 4). */
  readonly reconfirms: boolean
  readonly privateAddresses: 'called' | 'refused'
}

export const quickSettings: Omit<HubSettings, 'ownUrl' | 'aliasUrl'> = {
  secondMs: 200,
  leaseSeconds: { min: 1, standard: 864_000, max: 2_592_000 },
  verifyDelayMs: 5,
  verifyRestMs: 100,
  verifyTimeoutMs: 1000,
  denialRestMs: 60,
  verifyAtOnceMs: 800,
  verifyRetryMs: [20, 20],
  fetchRestMs: 0,
  fetchTimeoutMs: 1500,
  fetchRetryMs: [20, 20],
  lookAgainMs: [60, 150],
  pingsPerSecondMax: 50,
  deliveryTimeoutMs: 2000,
  retryMs: [30, 60, 300],
  contentBytesMax: 4 * 1024 ** 2,
  redirectsMax: 5,
  publisherKey: 'a-key-for-tests',
  feeds: 'whole',
  policy: 'open',
  leavers: 'served',
  reconfirms: false,
  privateAddresses: 'called',
}
