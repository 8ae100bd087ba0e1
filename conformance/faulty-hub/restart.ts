import { mkdtempSync, rmSync, unlinkSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A shell command that ends a hub and starts it again, though it is no process of its own: the command leaves a file and waits
 * for another.
 *
 * @param restart what ends the hub and starts it again
 */
export function offerRestart(restart: () => void): { readonly command: string; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'faulty-hub-'))
  const [end, back] = [join(folder, 'end'), join(folder, 'back')]
  const watcher = watch(folder, (_, name) => {
    if (name !== 'end') return
    try {
      unlinkSync(end)
    } catch {
      return // Its end is told, too.
    }
    restart()
    writeFileSync(back, '')
  })
  return {
    command: `touch '${end}' && until [ -e '${back}' ]; do sleep 0.02; done && rm '${back}'`,
    close() {
      watcher.close()
      rmSync(folder, { recursive: true })
    },
  }
}
