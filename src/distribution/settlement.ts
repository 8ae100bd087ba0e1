import type { BacklogEnd, BacklogMove, HandedOver } from './backlog-store.ts'
import type { LockedTopic } from './broadcast-store.ts'
import { owed } from './owed.ts'
import { newerWaitMs, nextAfterFailure } from './retry.ts'
import type { Failed } from './verdict.ts'

/** A subscription on its way to a number: what settling needs to know of it, whichever lane it is in. */
export interface Owing {
  readonly subscriptionId: number
  readonly topicId: number
  readonly origin: string
  readonly generation: number
  readonly since: number
  readonly number: number
  /** Tries of `number`, the one being settled included. */
  readonly attempt: number
  readonly failures: number
  readonly failingSince: Date | null
  /** Its tries began to fail with its origin's, and it was not tried sooner for that since. */
  readonly ofOrigin: boolean
  /** The claim of its backlog row; null: it is in a batch and has none. */
  readonly token: string | null
}

/** What came of it. In a batch, `delivered`, `lapsed` and `lost` need no word: its bit says so. */
export type Outcome =
  | { readonly kind: 'delivered'; readonly owing: Owing }
  | { readonly kind: 'failed'; readonly owing: Owing; readonly failed: Failed }
  | { readonly kind: 'gone'; readonly owing: Owing }
  /** Open for a second: it leaves its batch, claimed by `owing.token` until then. */
  | { readonly kind: 'straggles'; readonly owing: Owing & { readonly token: string }; readonly until: Date }
  /** Not begun: no try is spent. */
  | { readonly kind: 'not begun'; readonly owing: Owing; readonly inMs: number }
  /** Its lease ended: nothing is owed. */
  | { readonly kind: 'lapsed'; readonly owing: Owing }
  /** The content is no longer kept: the number is given up (rule 15). */
  | { readonly kind: 'lost'; readonly owing: Owing; readonly through: number }
  | { readonly kind: 'unprocessable'; readonly owing: Owing; readonly why: string }

/** The rows to write. */
export interface Settlement {
  readonly handOvers: HandedOver[]
  readonly moves: BacklogMove[]
  readonly ends: BacklogEnd[]
  readonly gone: { readonly subscriptionId: number; readonly generation: number }[]
  /** What was not received, nor will be. */
  readonly missed: { readonly subscriptionId: number; readonly number: number }[]
  readonly originsDue: Map<string, Date>
  readonly failed: { readonly owing: Owing; readonly failed: Failed; readonly retryAt: Date | null }[]
  readonly gaveUp: {
    readonly owing: Owing
    readonly why: 'schedule exhausted' | 'content no longer kept'
    readonly through: number
  }[]
}

export interface SettlementRules {
  readonly now: Date
  readonly scheduleMs: readonly number[]
  readonly random: () => number
}

/**
 * What outcomes mean for the backlog, given the topics as they are under the share lock: the one place that decides what
 * is owed next, for both lanes.
 */
export function settlement(
  outcomes: readonly Outcome[],
  topics: ReadonlyMap<number, LockedTopic>,
  rules: SettlementRules,
): Settlement {
  const result: Settlement = {
    handOvers: [],
    moves: [],
    ends: [],
    gone: [],
    missed: [],
    originsDue: new Map(),
    failed: [],
    gaveUp: [],
  }
  for (const outcome of outcomes) {
    const topic = topics.get(outcome.owing.topicId)
    if (topic !== undefined) settle(outcome, topic, rules, result)
  }
  return result
}

function settle(outcome: Outcome, topic: LockedTopic, rules: SettlementRules, result: Settlement): void {
  const { owing } = outcome
  switch (outcome.kind) {
    case 'delivered':
      carriedTo(owing.number, owing, topic, rules, result)
      return
    case 'lost':
      result.gaveUp.push({ owing, why: 'content no longer kept', through: outcome.through })
      result.missed.push({ ...owing, number: outcome.through })
      carriedTo(outcome.through, owing, topic, rules, result)
      return
    case 'lapsed':
      end(owing, owing.since, result)
      return
    case 'gone':
      result.gone.push({ subscriptionId: owing.subscriptionId, generation: owing.generation })
      // A renewal overtook the answer: the subscription lives on, and what it was owed with it.
      result.missed.push(owing)
      carriedTo(owing.number, owing, topic, rules, result)
      return
    case 'straggles':
      result.handOvers.push({ ...row(owing, outcome.until), attempt: owing.attempt, token: owing.token })
      due(owing.origin, outcome.until, result)
      return
    case 'not begun':
      again({ ...row(owing, later(rules.now, outcome.inMs)), attempt: owing.attempt - 1 }, owing, result)
      return
    case 'unprocessable':
      again({ ...row(owing, rules.now), parkedWhy: outcome.why }, owing, result)
      return
    case 'failed':
      failedTry(outcome, topic, rules, result)
      return
    default:
      outcome satisfies never
  }
}

function carriedTo(
  through: number,
  owing: Owing,
  topic: LockedTopic,
  rules: SettlementRules,
  result: Settlement,
): void {
  if (owing.token === null) return
  const next = owed(topic, through)
  if (next === null) {
    end(owing, through, result)
    return
  }
  again({ ...row(owing, rules.now), since: through, number: next, attempt: 0, ...unfailed }, owing, result)
}

function failedTry(
  { owing, failed }: Extract<Outcome, { kind: 'failed' }>,
  topic: LockedTopic,
  { now, scheduleMs, random }: SettlementRules,
  result: Settlement,
): void {
  const failures = owing.failures + 1
  const failingSince = owing.failingSince ?? now
  const failingForMs = now.getTime() - failingSince.getTime()
  const next = nextAfterFailure({
    ...owing,
    ...topic,
    failures,
    failingForMs,
    scheduleMs,
    random: random(),
    retryAfterMs: failed.retryAfterMs,
  })
  const gaveUp = next.kind === 'nothing' || next.gaveUp
  if (gaveUp) {
    result.gaveUp.push({ owing, why: 'schedule exhausted', through: owing.number })
    result.missed.push(owing)
  }
  if (next.kind === 'nothing') {
    result.failed.push({ owing, failed, retryAt: null })
    end(owing, owing.number, result)
    return
  }
  const dueAt = later(now, next.inMs)
  result.failed.push({ owing, failed, retryAt: dueAt })
  const moved = {
    ...row(owing, dueAt),
    since: next.since,
    number: next.number,
    attempt: next.newer ? 0 : owing.attempt,
    failures,
    failingSince,
    newerWaitMs: newerWaitMs({ failures, failingForMs }),
    ofOrigin: failed.ofOrigin && (owing.failures === 0 || owing.ofOrigin),
    notBefore: failed.retryAfterMs > 0 ? later(now, failed.retryAfterMs) : null,
  }
  again(moved, owing, result)
}

const unfailed = { failures: 0, failingSince: null, newerWaitMs: 0, ofOrigin: false, notBefore: null }

/** A backlog row for it that is due at `dueAt`, all else as it is. */
function row(owing: Owing, dueAt: Date): HandedOver {
  const { subscriptionId, topicId, since, number, attempt, failures, failingSince, ofOrigin } = owing
  return {
    subscriptionId,
    topicId,
    since,
    number,
    attempt,
    failures,
    failingSince,
    newerWaitMs: 0,
    ofOrigin,
    notBefore: null,
    dueAt,
    token: null,
    parkedWhy: null,
  }
}

/** Due again: a row that is there moves, one that is not is written. */
function again(next: HandedOver, owing: Owing, result: Settlement): void {
  if (owing.token === null) result.handOvers.push(next)
  else result.moves.push({ ...next, token: owing.token })
  due(owing.origin, next.dueAt, result)
}

function end(owing: Owing, through: number, result: Settlement): void {
  if (owing.token === null) return
  result.ends.push({ subscriptionId: owing.subscriptionId, token: owing.token, through })
}

function due(origin: string, at: Date, { originsDue }: Settlement): void {
  const known = originsDue.get(origin)
  if (known === undefined || at < known) originsDue.set(origin, at)
}

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms)
}
