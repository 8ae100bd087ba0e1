import type { TestContext } from 'node:test'

/** Where what a test opened is closed when it ends. */
export type Cleanup = Pick<TestContext, 'after'>

/** Closes in the reverse order of opening, as what was opened later may use what was there before; node:test goes forward. */
export function lastFirst(t: Cleanup): Cleanup {
  const open: (() => unknown)[] = []
  t.after(async () => {
    for (const close of open.reverse()) await close()
  })
  return {
    after(close) {
      if (close !== undefined) open.push(close as () => unknown)
    },
  }
}
