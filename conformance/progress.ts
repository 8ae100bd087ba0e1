import type { Result } from './run.ts'

export interface Progress {
  add(result: Result): void
  done(): void
}

/** One line that is written anew at every result, on a terminal; nothing elsewhere. */
export function createProgress(
  total: number,
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
): Progress {
  let ended = 0
  let failed = 0
  return {
    add({ chosen, verdict }) {
      if (chosen) ended++
      if (verdict.kind === 'fail') failed++
      if (stream.isTTY) stream.write(`\r\x1b[2K${ended} of ${total} claims, ${failed} failed`)
    },
    done() {
      if (stream.isTTY) stream.write('\r\x1b[2K')
    },
  }
}
