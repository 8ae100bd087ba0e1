import type { Reader } from './reader.ts'
import type { TopicState } from './store.ts'

/** A topic that at least one reader of this process reads. */
export interface ReadTopic extends TopicState {
  readonly readers: ReadonlySet<Reader>
}

/** The topics that are read, and by whom. A topic is here as long as it has a reader. */
export interface ReadTopics {
  /** The topic as all its readers see it; where it is here already, the newer number counts. */
  join(found: TopicState, readerOf: (topic: TopicState) => Reader): Reader
  leave(topicId: number, reader: Reader): void
  /** Something new is known of it. */
  update(topic: TopicState): void
  get(topicId: number): ReadTopic | undefined
  all(): readonly ReadTopic[]
  readers(): readonly Reader[]
  readonly isEmpty: boolean
}

type Entry = { -readonly [Key in keyof TopicState]: TopicState[Key] } & { readonly readers: Set<Reader> }

export function createReadTopics(): ReadTopics {
  const topics = new Map<number, Entry>()

  function update({ id, newest, delivery, everyFrom, unfetched }: TopicState): void {
    const topic = topics.get(id)
    if (topic === undefined || topic.newest > newest) return
    topic.newest = newest
    topic.delivery = delivery
    topic.everyFrom = everyFrom
    topic.unfetched = unfetched
  }

  return {
    join(found, readerOf) {
      const topic: Entry = topics.get(found.id) ?? { ...found, readers: new Set() }
      topics.set(found.id, topic)
      update(found)
      const reader = readerOf(topic)
      topic.readers.add(reader)
      return reader
    },
    leave(topicId, reader) {
      const topic = topics.get(topicId)
      topic?.readers.delete(reader)
      if (topic?.readers.size === 0) topics.delete(topicId)
    },
    update,
    get: (topicId) => topics.get(topicId),
    all: () => [...topics.values()],
    readers: () => [...topics.values()].flatMap(({ readers }) => [...readers]),
    get isEmpty() {
      return topics.size === 0
    },
  }
}
