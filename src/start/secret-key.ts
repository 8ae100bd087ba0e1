import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The key that an embedded hub keeps beside its data, made on the first start: it has no operator who would bring one.
 * The caller holds the lock of the directory.
 */
export function ownSecretKey(dataDir: string): string {
  const path = join(dataDir, 'secret-key')
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const key = randomBytes(32).toString('base64')
  // Flushed: secrets sealed with a key that a power failure took with it could never be read again.
  writeFileSync(path, `${key}\n`, { mode: 0o600, flag: 'wx', flush: true })
  return key
}
