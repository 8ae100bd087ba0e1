import type { Result } from './run.ts'

export interface Progress {
  add(result: Result): void
  /** That so many claims are tried again, which may take long. */
  again(count: number): void
  done(): void
}

/** How often a log is told how far the run is. */
const logEveryMs = 30_000

/**
 * On a terminal one line that is written anew at every result, elsewhere a line now and then; what makes the run long is told
 * everywhere.
 */
export function createProgress(
  total: number,
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
  nowMs: () => number = () => performance.now(),
): Progress {
  let loggedAtMs = nowMs()
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
      const line = `${ended} of ${total} claims, ${failed} failed`
      clear()
      if (stream.isTTY) stream.write(line)
      else if (nowMs() - loggedAtMs >= logEveryMs) {
        loggedAtMs = nowMs()
        stream.write(`${line}\n`)
      }
    },
    done: clear,
  }
}
