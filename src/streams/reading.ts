import type { Db } from '../db/schema.ts'
import type { Publication } from '../distribution/publication-store.ts'
import type { Publications } from '../distribution/publications.ts'
import { type NextPublication, nextPublication, type Step } from './store.ts'

/** How readers read: each question is asked once, however many readers ask it at the same time. */
export interface Reading {
  /** Null: nothing is kept from the target on. Undefined: Postgres is away, which was told; the reader is woken again. */
  next(step: Step): Promise<NextPublication | null | undefined>
  /** Null: it is no longer kept. Undefined: as above. */
  publication(topicId: number, number: number): Promise<Publication | null | undefined>
}

export interface ReadingFrom {
  readonly db: Db
  readonly publications: Publications
  readonly onError: (error: unknown) => void
}

export function createReading({ db, publications, onError }: ReadingFrom): Reading {
  const steps = asOne<NextPublication | null>(onError)
  const contents = asOne<Publication | null>(onError)
  return {
    next: (step) => steps(`${step.topicId} ${step.through} ${step.target}`, () => nextPublication(db, step)),
    publication: (topicId, number) => contents(`${topicId} ${number}`, () => publications.read(topicId, number)),
  }
}

function asOne<Value>(onError: (error: unknown) => void) {
  const asked = new Map<string, Promise<Value | undefined>>()
  return (key: string, ask: () => Promise<Value>): Promise<Value | undefined> => {
    const known = asked.get(key)
    if (known !== undefined) return known
    const asking = answered(ask, onError).finally(() => asked.delete(key))
    asked.set(key, asking)
    return asking
  }
}

async function answered<Value>(
  ask: () => Promise<Value>,
  onError: (error: unknown) => void,
): Promise<Value | undefined> {
  try {
    return await ask()
  } catch (error) {
    onError(error)
    return undefined
  }
}
