import { createHmac } from 'node:crypto'
import type { Algorithm } from '../db/schema.ts'

/**
 * The value of `X-Hub-Signature` (§7.1): method and HMAC in lower-case hexadecimal, over the very bytes of the body.
 *
 * @param secret as the subscriber gave it, decoded from the form; its UTF-8 bytes are the key; never empty
 */
export function signature(algorithm: Algorithm, secret: string, body: Uint8Array): string {
  return `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`
}
