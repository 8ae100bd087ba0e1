import type { Context } from './context.ts'
import type { KnobName } from './settings.ts'
import type { Exchange } from './wire.ts'

/**
 * How much the claim weighs. `MUST*` is not said in so many words but follows from the text it cites; `compat` and
 * `hardening` are what real peers and a public place ask for, `w3c` what the W3C's own test application does.
 */
export type Level = 'MUST' | 'MUST*' | 'SHOULD' | 'MAY' | 'compat' | 'hardening' | 'extension' | 'w3c'

/** One thing a hub does, that can be seen from outside. */
export interface Claim {
  /** The requirement rows it covers. */
  readonly rows: readonly string[]
  readonly level: Level
  /** The section of the W3C Recommendation of 2 June 2026 (`5.3.1`), or another text, named (`0.3 §7.1`). */
  readonly section: string
  /** What the hub does, as a sentence without a full stop. */
  readonly title: string
  /** What the suite does, and what it then expects to see: for the person whose hub fails. */
  readonly sends: string
  readonly expects: string
  /**
   * Names of claims without which this one says nothing (`subscription/is-verified`): should one of them fail, this one is
   * skipped, for the hub has been told already.
   */
  readonly presupposes: readonly string[]
  /** Run when no other claim is, after all of them: it ends the hub, or floods it. */
  readonly alone?: true
  /** Leaves requests of the hub's unanswered for a while: a hub with few workers may have none left for other claims. */
  readonly holds?: true
  /** Is about pings themselves: skipped where the hub is told of changes by `--publish`. */
  readonly pings?: true
  /** Asks more often than any hub need bear: that it is refused for that is an answer, where other claims come again later. */
  readonly floods?: true
  /** What the suite has to be told of the hub before it can check this. */
  readonly knobs?: readonly KnobName[]
  /** Returns when the hub did as expected, or what was observed; `expect` ends it otherwise. */
  run(context: Context): Promise<Observed | undefined>
}

/** A claim, and the name it has from its file: `subscription/is-verified`. */
export interface NamedClaim extends Claim {
  readonly name: string
}

export type Verdict = Passed | Failed | Skipped | Observed | Broken

export interface Passed {
  readonly kind: 'pass'
}

export interface Failed {
  readonly kind: 'fail'
  readonly expected: string
  readonly found: string
  readonly wire: readonly Exchange[]
  /** Something did not come in time: a hub that other claims kept busy may yet do it. */
  readonly inVain?: true
}

export interface Skipped {
  readonly kind: 'skipped'
  readonly reason: string
}

/** A choice that the text leaves to the hub, and what this one chose. */
export interface Observed {
  readonly kind: 'observed'
  readonly what: string
}

/** The suite made a mistake; nothing is said of the hub. */
export interface Broken {
  readonly kind: 'broken'
  readonly why: string
}

/** Ends a claim early with its verdict. */
export class Ended extends Error {
  override readonly name = 'Ended'
  readonly verdict: Failed | Skipped

  constructor(verdict: Failed | Skipped) {
    super(verdict.kind === 'fail' ? `expected ${verdict.expected}; found ${verdict.found}` : verdict.reason)
    this.verdict = verdict
  }
}

/**
 * Fails the claim unless the condition holds.
 *
 * @param expected what a hub that keeps the rule shows, as half a sentence
 * @param found what this hub showed
 * @param wire the exchanges that show it; all of the claim's own if none is named
 */
export function expect(
  holds: boolean,
  { expected, found }: { readonly expected: string; readonly found: string },
  ...wire: readonly { readonly exchange: Exchange }[]
): asserts holds {
  if (!holds) throw new Ended({ kind: 'fail', expected, found, wire: wire.map(({ exchange }) => exchange) })
}

/** Ends the claim without a verdict on the hub: a MAY not taken, a lease it does not grant. */
export function skip(reason: string): never {
  throw new Ended({ kind: 'skipped', reason })
}

export function observed(what: string): Observed {
  return { kind: 'observed', what }
}
