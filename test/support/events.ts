import type { Events } from '../../src/events.ts'

/** What happened, in order: the names of the events and what each was told. */
export interface RecordedEvents {
  readonly events: Events
  readonly told: readonly { readonly name: keyof Events; readonly detail: unknown }[]
  /** What one kind of event was told. */
  of<Name extends keyof Events>(name: Name): readonly Parameters<Events[Name]>[0][]
}

/** Keeps every event; a duty or request of ours that failed is thrown at the end of the test unless it asked for it. */
export function recordEvents(): RecordedEvents {
  const told: { name: keyof Events; detail: unknown }[] = []
  const events = new Proxy({} as Events, {
    get: (_, name) => (detail: unknown) => {
      told.push({ name: name as keyof Events, detail })
    },
  })
  return {
    events,
    told,
    of: <Name extends keyof Events>(name: Name) =>
      told.filter((each) => each.name === name).map(({ detail }) => detail as Parameters<Events[Name]>[0]),
  }
}
