import { parentPort } from 'node:worker_threads'
import { parseFragment } from './fragment.ts'
import { nothing, type Part, partOf } from './part.ts'

/** A page on its way into the thread: its bytes are handed over, not copied again. */
export interface SelectJob {
  readonly body: Uint8Array<ArrayBuffer>
  readonly contentType: string
  /** Unescaped. */
  readonly fragment: string
}

export type SelectAnswer = Exclude<Part, { kind: 'part' }> | SelectedAnswer

export interface SelectedAnswer {
  readonly kind: 'part'
  readonly body: Uint8Array<ArrayBuffer>
  readonly contentType: string
}

parentPort?.on('message', (job: SelectJob) => {
  const part = selected(job)
  if (part.kind === 'nothing') {
    parentPort?.postMessage(part satisfies SelectAnswer)
    return
  }
  // Of its own: the buffer may be a piece of Node's pool, which stays here.
  const body = new Uint8Array(part.body)
  parentPort?.postMessage({ ...part, body } satisfies SelectAnswer, [body.buffer])
})

function selected({ body, contentType, fragment }: SelectJob): Part {
  const parsed = parseFragment(fragment)
  if (typeof parsed === 'string') return nothing(`Its fragment ${parsed}.`)
  const page = { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength), contentType }
  try {
    return partOf(page, parsed)
  } catch (error) {
    if (error instanceof RangeError) return nothing('The page nests too deeply to be read.')
    throw error
  }
}
