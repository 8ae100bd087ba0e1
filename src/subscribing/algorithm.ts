import type { Config } from '../config.ts'
import type { Algorithm } from '../db/schema.ts'

/**
 * Which algorithm signs a subscription's notifications. There is no negotiation (§7.1.1), so the hub's default is what
 * §8.3 asks for, and the clients that know nothing but SHA-1 are told by what only they send: `hub.verify=sync` alone.
 *
 * @param asked the value of `hub.signature_algorithm`, our own parameter; a value we do not know is ignored
 * @param verify the values of `hub.verify`
 */
export function signatureAlgorithm(asked: string | undefined, verify: readonly string[], config: Config): Algorithm {
  const known = algorithms.find((algorithm) => algorithm === asked)
  return known ?? (isSyncAlone(verify) ? 'sha1' : config.SIGNATURE_ALGORITHM)
}

/** A client of PubSubHubbub 0.3 that knows no other way (§6.1 there; A-03). */
export function isSyncAlone(verify: readonly string[]): boolean {
  return verify.length > 0 && verify.every((word) => word === 'sync')
}

const algorithms: readonly Algorithm[] = ['sha1', 'sha256', 'sha384', 'sha512']
