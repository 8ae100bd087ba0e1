/** Something a hub does wrong, and the claims that have to notice: those, and no others, fail. */
export interface Fault {
  readonly does: string
  readonly fails: readonly string[]
}

/** Those that claims of one group notice, by their names. */
export type Faults = Readonly<Record<string, Fault>>
