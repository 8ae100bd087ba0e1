import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'

/** Keeps subscribers' secrets unreadable to whoever has the database but not the hub's SECRET_KEY. */
export interface Cipher {
  seal(text: string): Buffer
  /** @throws where the bytes were sealed with another key, or changed. */
  open(sealed: Buffer): string
  /** Tells one SECRET_KEY from another and tells nothing else about it. */
  readonly fingerprint: string
}

/** AES-256-GCM with a key derived from the operator's (HKDF with SHA-256, RFC 5869). */
export function createCipher(secretKey: string): Cipher {
  // A KeyObject: with its bytes instead, Node takes five times as long to open a secret, which each signed delivery does.
  const key = createSecretKey(derive(secretKey, 'fanfare: the secrets of subscriptions', 32))
  return {
    seal(text) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(format), nonce, cipher.getAuthTag(), encrypted])
    },
    open(sealed) {
      if (sealed[0] !== format || sealed.length < encryptedFrom) {
        throw new Error('These bytes are not a sealed secret of a format this code knows.')
      }
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, tagFrom))
      decipher.setAuthTag(sealed.subarray(tagFrom, encryptedFrom))
      return Buffer.concat([decipher.update(sealed.subarray(encryptedFrom)), decipher.final()]).toString('utf8')
    },
    fingerprint: derive(secretKey, 'fanfare: the fingerprint of SECRET_KEY', 16).toString('hex'),
  }
}

function derive(secretKey: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, '', purpose, bytes))
}

/** The first byte, so that a later way of sealing can be told from this one. */
const format = 1
const nonceBytes = 12
const tagFrom = 1 + nonceBytes
const encryptedFrom = tagFrom + 16
