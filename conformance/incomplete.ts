import { expect } from './claim.ts'
import type { Context } from './context.ts'
import type { Callback } from './peers.ts'

/** A subscription request without one of the three parameters REC §5.1 requires, or with nothing in it. */
export interface IncompleteRequest {
  readonly fields: Readonly<Record<string, string>>
  readonly callback: Callback
  readonly lacks: string
  /** `without hub.mode`, as a sentence goes on. */
  readonly what: string
}

/** Each of the three left out. */
export function incompleteRequests(context: Peers): readonly IncompleteRequest[] {
  return wholeRequests(context).map(({ fields, lacks, callback }) => ({
    fields: Object.fromEntries(Object.entries(fields).filter(([name]) => name !== lacks)),
    callback,
    lacks,
    what: `without ${lacks}`,
  }))
}

/** Each of the three empty. */
export function emptyRequests(context: Peers): readonly IncompleteRequest[] {
  return wholeRequests(context).map(({ fields, lacks, callback }) => ({
    fields: { ...fields, [lacks]: '' },
    callback,
    lacks,
    what: `with an empty ${lacks}`,
  }))
}

/** Fails the claim unless the request is refused, and the callback left alone. */
export async function expectNothingComesOf(request: IncompleteRequest, { post, stays }: Context): Promise<void> {
  const { fields, callback, what } = request
  const answer = await post(fields)
  const { status } = answer
  expect(status >= 400, { expected: `a 4xx or 5xx ${what}`, found: `status ${status}` }, answer)
  await stays(() => callback.requests.length === 0, {
    expected: `no request to the callback ${what}`,
    found: () => 'one',
  })
}

type Peers = Pick<Context, 'topic' | 'callback'>

function wholeRequests({ topic, callback }: Peers) {
  return ['hub.mode', 'hub.topic', 'hub.callback'].map((lacks) => {
    const subscriber = callback()
    const fields = { 'hub.mode': 'subscribe', 'hub.topic': topic().url, 'hub.callback': subscriber.url }
    return { fields, lacks, callback: subscriber }
  })
}
