import type { Document } from '../feeds/document.ts'
import { answerJobs } from '../work/thread-side.ts'
import { parseFragment } from './fragment.ts'
import { type Page, readPage } from './page.ts'
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

answerJobs<SelectJob, SelectAnswer>((job) => {
  const part = selected(job)
  if (part.kind === 'nothing') return { answer: part, buffers: [] }
  const body = new Uint8Array(part.body)
  return { answer: { ...part, body }, buffers: [body.buffer] }
})

function selected({ body, contentType, fragment }: SelectJob): Part {
  const parsed = parseFragment(fragment)
  if (typeof parsed === 'string') return nothing(`The fragment names no part of a page: ${parsed}.`)
  try {
    return partOf(pageOf({ body: Buffer.from(body.buffer, body.byteOffset, body.byteLength), contentType }), parsed)
  } catch (error) {
    if (error instanceof RangeError) return nothing('The page nests too deeply to be read.')
    throw error
  }
}

/** The page that was read last: its fragments are looked for one after the other, and reading it takes longest. */
let last: (Document & { readonly page: Page }) | null = null

function pageOf(document: Document): Page {
  if (last !== null && last.contentType === document.contentType && last.body.equals(document.body)) return last.page
  last = null // Two of them may be more than the heap holds.
  last = { ...document, page: readPage(document) }
  return last.page
}
