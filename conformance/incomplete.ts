import type { Context } from './context.ts'
import type { Callback } from './peers.ts'

/** A subscription request that lacks one of the three parameters REC §5.1 requires. */
export interface IncompleteRequest {
  readonly fields: Readonly<Record<string, string>>
  readonly callback: Callback
  readonly lacks: string
  /** `without hub.mode`, as a sentence goes on. */
  readonly what: string
}

/** Each of the three left out, and each of them empty. */
export function incompleteRequests({
  topic,
  callback,
}: Pick<Context, 'topic' | 'callback'>): readonly IncompleteRequest[] {
  return ['hub.mode', 'hub.topic', 'hub.callback'].flatMap((lacks) => {
    const subscriber = callback()
    const whole = { 'hub.mode': 'subscribe', 'hub.topic': topic().url, 'hub.callback': subscriber.url }
    const without = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== lacks))
    return [
      { fields: without, callback: subscriber, lacks, what: `without ${lacks}` },
      { fields: { ...whole, [lacks]: '' }, callback: subscriber, lacks, what: `with an empty ${lacks}` },
    ]
  })
}
