import { createHash, randomBytes } from 'node:crypto'

/** A key as its owner gets it, told from other tokens by how it begins, so that one that leaked can be searched for. */
const beginning = 'fanfare_'

/** A key of 256 random bits. */
export function newSecret(): string {
  return `${beginning}${randomBytes(32).toString('base64url')}`
}

/** Its SHA-256, which nobody can guess a key of so many bits from: all that is stored. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
