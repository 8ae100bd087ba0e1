/**
 * Topics whose claimed batches wait for a feed to be cut. Meanwhile such a topic takes no turn, so that little of it waits,
 * and what waits holds no slot: other topics go on.
 */
export interface Preparing {
  topicIds(): readonly number[]
  /** Calls `then` once the preparation has ended, however it did. */
  wait(topicId: number, preparation: Promise<void>, then: () => void): void
  /** Resolves when nothing waits. */
  idle(): Promise<void>
}

/** @param onEnd a topic may take its turn again */
export function createPreparing(onEnd: () => void): Preparing {
  const waiting = new Map<Promise<void>, number>()

  return {
    topicIds: () => [...new Set(waiting.values())],
    wait(topicId, preparation, then) {
      const ended = preparation
        // Whoever needs what was prepared asks for it again, and has the error then.
        .catch(() => {})
        .then(() => {
          waiting.delete(ended)
          then()
          onEnd()
        })
      waiting.set(ended, topicId)
    },
    async idle() {
      while (waiting.size > 0) await Promise.all(waiting.keys())
    },
  }
}
