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

/** Topic and callback left out in turn. */
export function incompleteRequests(context: Peers): readonly IncompleteRequest[] {
  return ['hub.topic', 'hub.callback'].map((name) => without(name, context))
}

/** Topic and callback empty in turn. */
export function emptyRequests(context: Peers): readonly IncompleteRequest[] {
  return ['hub.topic', 'hub.callback'].map((name) => withEmpty(name, context))
}

/** The mode left out, and empty: a hub tells its requests apart by it, and may well have no branch for these. */
export function modelessRequests(context: Peers): readonly IncompleteRequest[] {
  return [without('hub.mode', context), withEmpty('hub.mode', context)]
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

function without(lacks: string, context: Peers): IncompleteRequest {
  const { fields, callback } = wholeRequest(context)
  const others = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== lacks))
  return { fields: others, callback, lacks, what: `without ${lacks}` }
}

function withEmpty(lacks: string, context: Peers): IncompleteRequest {
  const { fields, callback } = wholeRequest(context)
  return { fields: { ...fields, [lacks]: '' }, callback, lacks, what: `with an empty ${lacks}` }
}

function wholeRequest(context: Peers) {
  const callback = context.callback()
  const fields = { 'hub.mode': 'subscribe', 'hub.topic': context.topic().url, 'hub.callback': callback.url }
  return { fields, callback }
}
