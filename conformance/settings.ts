/** How long the suite waits, in milliseconds. */
export interface Timing {
  /** The longest wait for a verification of intent. */
  readonly verifyMs: number
  /** The longest wait for a fetch or a delivery after a ping. */
  readonly deliveryMs: number
  /** How long nothing has to come for the suite to believe that nothing will. */
  readonly quietMs: number
  /** From the answer to a verification until the hub is taken to have noted it. */
  readonly settleMs: number
  /** The longest wait for the hub's answer to a request. */
  readonly answerMs: number
  /** What still counts as at once, for an answer that must wait for nothing. */
  readonly promptMs: number
  /** The longest a claim may take in all. */
  readonly claimMs: number
  /** What the hub takes for a second when it counts a lease or a Retry-After: 1000, but for a hub made for tests. */
  readonly secondMs: number
}

export const defaultTiming: Timing = {
  verifyMs: 10_000,
  deliveryMs: 15_000,
  quietMs: 3000,
  settleMs: 300,
  answerMs: 10_000,
  promptMs: 2000,
  claimMs: 180_000,
  secondMs: 1000,
}

/**
 * What the suite can only be told: how the hub under test is set. A claim that needs one that was not told is skipped, and
 * says so.
 */
export interface Knobs {
  /** A failed delivery is tried again within this. */
  readonly retryWithinMs?: number
  /** A notification that keeps failing has been given up after this. */
  readonly givesUpWithinMs?: number
  /** A verification that got no usable answer is tried again within this. */
  readonly verifyRetryWithinMs?: number
  /** A delivery that is not answered ends after this. */
  readonly deliveryTimeoutMs?: number
  /** A verification that is not answered ends after this. */
  readonly verifyTimeoutMs?: number
  /** A fetch that is not answered ends after this. */
  readonly fetchTimeoutMs?: number
  /** A fetch that failed is tried again within this. */
  readonly fetchRetryWithinMs?: number
  /** More pings a second from one client than this are refused. */
  readonly pingsPerSecondMax?: number
  /** The largest topic the hub delivers. */
  readonly contentBytesMax?: number
  /** The same hub, set to refuse every topic: its URL. */
  readonly closedHub?: string
  /** The same hub, set to refuse topics that do not name it, or themselves by another URL: its URL. */
  readonly strictHub?: string
  /** The same hub, set to send subscribers to another hub: its URL. */
  readonly movedHub?: string
  /** A URL of this very hub, with the same subscriptions, at which it sends new subscribers to another hub. */
  readonly movedAlias?: string
  /** The same hub, set for the open Internet: private addresses refused. Its URL. */
  readonly publicHub?: string
  /** Another URL of the same hub, which it knows to be its own. */
  readonly aliasUrl?: string
  /** The same hub, set to deliver only new entries of Atom and RSS feeds: its URL. */
  readonly reducingHub?: string
  /** The same hub, set to take fragments of pages as topics, as Superfeedr did: its URL. */
  readonly fragmentHub?: string
  /** A bearer key that may post the content of every topic of the suite, and of no others. */
  readonly publisherKey?: string
  /** A shell command that ends the hub without warning and returns once it runs again. */
  readonly restartCommand?: string
  /** A shell command that tells the hub that `$TOPIC` changed, where it takes no pings. */
  readonly publishCommand?: string
}

export type KnobName = keyof Knobs

interface KnobOption {
  readonly option: string
  readonly kind: 'time' | 'size' | 'count' | 'url' | 'text'
  readonly tells: string
}

/** How each knob is told on the command line. */
export const knobOptions: Readonly<Record<KnobName, KnobOption>> = {
  retryWithinMs: { option: 'retry-within', kind: 'time', tells: 'a failed delivery is tried again within this' },
  givesUpWithinMs: { option: 'gives-up-within', kind: 'time', tells: 'a notification is given up after this' },
  verifyRetryWithinMs: {
    option: 'verify-retry-within',
    kind: 'time',
    tells: 'a verification without a usable answer is tried again within this',
  },
  deliveryTimeoutMs: { option: 'delivery-timeout', kind: 'time', tells: 'an unanswered delivery ends after this' },
  verifyTimeoutMs: { option: 'verify-timeout', kind: 'time', tells: 'an unanswered verification ends after this' },
  fetchTimeoutMs: { option: 'fetch-timeout', kind: 'time', tells: 'an unanswered fetch ends after this' },
  fetchRetryWithinMs: {
    option: 'fetch-retry-within',
    kind: 'time',
    tells: 'a failed fetch is tried again within this',
  },
  pingsPerSecondMax: {
    option: 'pings-per-second',
    kind: 'count',
    tells: 'more pings a second from one client than this are refused',
  },
  contentBytesMax: { option: 'content-max', kind: 'size', tells: 'the largest topic that is delivered (10MiB)' },
  closedHub: { option: 'closed-hub', kind: 'url', tells: 'the same hub, set to refuse every topic' },
  strictHub: {
    option: 'strict-hub',
    kind: 'url',
    tells: 'the same hub, set to refuse topics that do not name it, or themselves otherwise than subscribed to',
  },
  movedAlias: {
    option: 'moved-alias',
    kind: 'url',
    tells: 'a URL of this very hub, with the same subscriptions, at which it sends new subscribers to another hub',
  },
  movedHub: { option: 'moved-hub', kind: 'url', tells: 'the same hub, set to send subscribers to another hub' },
  publicHub: { option: 'public-hub', kind: 'url', tells: 'the same hub, set to call no private address' },
  aliasUrl: { option: 'alias', kind: 'url', tells: 'another URL of this hub that it knows to be its own' },
  reducingHub: {
    option: 'reducing-hub',
    kind: 'url',
    tells: 'the same hub, set to deliver only new entries of Atom and RSS feeds',
  },
  fragmentHub: {
    option: 'fragment-hub',
    kind: 'url',
    tells: 'the same hub, set to take topics that are parts of pages (…#.price), as Superfeedr did',
  },
  publisherKey: {
    option: 'publisher-key',
    kind: 'text',
    tells: 'a bearer key that may post the content of the suite’s topics, which --listen keeps in one place',
  },
  publishCommand: {
    option: 'publish',
    kind: 'text',
    tells: 'a shell command that tells the hub that $TOPIC changed, if it takes no pings',
  },
  restartCommand: {
    option: 'restart',
    kind: 'text',
    tells: 'a shell command that ends the hub without warning and returns once it runs again',
  },
}
