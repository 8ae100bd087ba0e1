import type { Topic } from './peers.ts'
import type { Answer } from './server.ts'

const statuses = [301, 302, 307, 308, 303]

/**
 * Has the topic redirect to itself, told apart by its query, so many times; then it serves that content.
 *
 * @param hops may be infinite: a loop
 */
export function redirectBeforeServing(topic: Topic, { hops, body }: { readonly hops: number; readonly body: string }) {
  topic.serves(({ query }): Answer => {
    const hop = Number(new URLSearchParams(query).get('hop') ?? 0)
    if (hop >= hops) return { headers: topic.headers, body }
    const next = Number.isFinite(hops) ? hop + 1 : (hop + 1) % 2
    return { status: statuses[hop % statuses.length] ?? 302, headers: [['Location', `${topic.url}?hop=${next}`]] }
  })
}
