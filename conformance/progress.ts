import type { Result } from './run.ts'

export interface Progress {
  add(result: Result): void
  /** That so many claims are tried again, which may take long. */
  again(count: number): void
  done(): void
}

/** One line that is written anew at every result, on a terminal alone; what makes the run long is told everywhere. */
export function createProgress(
  total: number,
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
): Progress {
  const results = new Map<string, Result>()
  const count = (counts: (result: Result) => boolean) => [...results.values()].filter(counts).length
  const clear = () => {
    if (stream.isTTY) stream.write('\r\x1b[2K')
  }
  return {
    again(count) {
      clear()
      const claims = count === 1 ? '1 claim' : `${count} claims`
      stream.write(
        `Something was waited for in vain: trying ${claims} again, twice as patiently. This may take minutes.\n`,
      )
    },
    add(result) {
      results.set(result.claim.name, result)
      const [ended, failed] = [count(({ chosen }) => chosen), count(({ verdict }) => verdict.kind === 'fail')]
      clear()
      if (stream.isTTY) stream.write(`${ended} of ${total} claims, ${failed} failed`)
    },
    done: clear,
  }
}
