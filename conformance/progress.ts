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
  const results = new Map<string, Result>()
  const count = (counts: (result: Result) => boolean) => [...results.values()].filter(counts).length
  return {
    add(result) {
      const again = results.has(result.claim.name) ? '; trying again what was waited for in vain' : ''
      results.set(result.claim.name, result)
      const [ended, failed] = [count(({ chosen }) => chosen), count(({ verdict }) => verdict.kind === 'fail')]
      if (stream.isTTY) stream.write(`\r\x1b[2K${ended} of ${total} claims, ${failed} failed${again}`)
    },
    done() {
      if (stream.isTTY) stream.write('\r\x1b[2K')
    },
  }
}
