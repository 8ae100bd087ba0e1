import type { Reduced } from '../feeds/reduce.ts'
import { reduce } from '../feeds/reduce.ts'
import { answerJobs } from '../work/thread-side.ts'

/** A document on its way into the thread, or a reduced one out of it: its bytes are handed over, not copied again. */
export interface Carried {
  readonly body: Uint8Array<ArrayBuffer>
  readonly contentType: string
}

export interface ReduceJob {
  readonly had: Carried
  readonly later: readonly Carried[]
}

export type ReduceAnswer = Exclude<Reduced, { kind: 'reduced' }> | ReducedAnswer

export interface ReducedAnswer {
  readonly kind: 'reduced'
  readonly body: Uint8Array<ArrayBuffer>
  readonly entries: number
}

answerJobs<ReduceJob, ReduceAnswer>(({ had, later }) => {
  const reduced = reduce(documentOf(had), later.map(documentOf))
  if (reduced.kind !== 'reduced') return { answer: reduced, buffers: [] }
  const body = new Uint8Array(reduced.body)
  return { answer: { ...reduced, body }, buffers: [body.buffer] }
})

function documentOf({ body, contentType }: Carried) {
  return { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength), contentType }
}
