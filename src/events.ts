import type { Failure, Timing } from './world.ts'

/**
 * One function per thing that happens: the only place that logs or counts. Callback URLs are capabilities (§5.1): only
 * their origin is ever told. Topics are told as their URLs; secrets, verify tokens and challenges never.
 */
export interface Events {
  hubStarted(hub: { readonly url: string; readonly workers: number }): void
  hubStopping(why: { readonly signal: string }): void
  hubStopped(): void

  /** Every request that got an answer; `route` is one of few words, never a path. */
  requestAnswered(answered: { readonly route: string; readonly status: number; readonly ms: number }): void
  requestRefused(refused: {
    readonly status: number
    readonly parameter?: string | undefined
    readonly sentence: string
    readonly client: string
  }): void
  /** We are wrong, or Postgres is away. */
  requestFailed(failed: { readonly error: unknown; readonly path: string }): void
  subscriptionRequested(requested: {
    readonly mode: 'subscribe' | 'unsubscribe'
    readonly topic: string
    readonly callbackOrigin: string
  }): void
  changeNoted(noted: { readonly topics: number; readonly known: number }): void

  verified(verified: {
    readonly mode: 'subscribe' | 'unsubscribe'
    readonly topic: string
    readonly callbackOrigin: string
    readonly leaseSeconds: number
    readonly byHub: boolean
  }): void
  /** `final`: it is not asked again. */
  verificationFailed(failed: {
    readonly mode: 'subscribe' | 'unsubscribe'
    readonly topic: string
    readonly callbackOrigin: string
    readonly why: string
    readonly final: boolean
    readonly byHub: boolean
  }): void
  denied(denied: {
    readonly topic: string
    readonly callbackOrigin: string
    readonly reason: string
    readonly told: boolean
  }): void

  /** `again`: it came with the Idempotency-Key of a request that was taken before. */
  handedOver(handedOver: {
    readonly topic: string
    readonly topicId: number
    readonly keyId: number
    readonly bytes: number
    readonly number: number
    readonly result: 'new' | 'unchanged' | 'repeated' | 'again'
  }): void
  fetched(fetched: {
    readonly topic: string
    readonly result: 'new' | 'unchanged' | 'repeated' | 'failed'
    readonly why?: string
    readonly number?: number
    readonly bytes?: number
    readonly timing?: Timing
  }): void
  /** A part of a page was looked for in what was published of the page; nothing was fetched. */
  fragmentRead(read: Omit<Parameters<Events['fetched']>[0], 'timing'>): void
  /** The document named several self links; the first counts (DISC-06). */
  severalSelves(several: { readonly topic: string; readonly count: number }): void

  /** One line each: everything about one failed try. */
  attemptFailed(
    failed: AttemptTold & {
      readonly status?: number
      readonly failure?: Failure
      readonly why: string
      readonly retryAt: Date | null
    },
  ): void
  /** One line a batch. */
  batchDelivered(batch: {
    readonly topicId: number
    readonly number: number
    readonly delivered: number
    readonly failed: number
    readonly handedOver: number
    /** Feeds in which nothing was new to the subscription: nothing was sent. */
    readonly unchanged: number
    readonly ms: number
  }): void
  /** What whoever has everything through `since` gets of a feed's publication; `whole`: all of it, and why. */
  feedReduced(reduced: {
    readonly topicId: number
    readonly since: number
    readonly number: number
    readonly result: 'reduced' | 'nothing' | 'whole'
    readonly why?: string
  }): void
  /** A delivery of the backlog that arrived. */
  caughtUp(told: AttemptTold & { readonly status: number; readonly timing: Timing }): void
  /** Counts every try, delivered or not. */
  attempted(attempt: {
    readonly outcome: 'delivered' | 'gone' | 'failed'
    readonly lane: 'broadcast' | 'backlog'
    readonly timing: Timing
  }): void
  /** `number`, and with it all up to `through`. */
  gaveUp(
    told: AttemptTold & { readonly why: 'schedule exhausted' | 'content no longer kept'; readonly through: number },
  ): void
  /** 410: the subscription ended (§7). */
  gone(told: AttemptTold): void
  breakerOpened(breaker: { readonly origin: string; readonly why: string; readonly probeAt: Date }): void
  breakerClosed(breaker: { readonly origin: string }): void

  parked(parked: { readonly table: string; readonly id: number; readonly error: unknown }): void
  pruned(pruned: { readonly table: string; readonly rows: number }): void
  dutyFailed(failed: { readonly duty: string; readonly error: unknown }): void
  databaseLost(lost: { readonly error: unknown }): void
  postgresRestarted(restarted: { readonly why: string }): void
}

export interface AttemptTold {
  readonly topicId: number
  readonly number: number
  readonly subscriptionId: number
  readonly attempt: number
  readonly callbackOrigin: string
}
