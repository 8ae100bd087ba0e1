/**
 * Whether the error says that Postgres is away or overwhelmed, so that the same statement may well pass later; anything
 * else that Postgres says to us is our own mistake. `cause`s and the parts of an `AggregateError` are looked at too.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError && error.errors.some(isDatabaseAway)) return true
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return sqlStates.test(code) || socketCodes.has(code) || sentences.test(error.message) || isDatabaseAway(error.cause)
}

/**
 * PostgreSQL, Appendix A: 08 connection, 25006 a standby that was promoted no more, 40001 and 40P01 a lost race, 53 no
 * room or connections left, 55P03 and 57 a lock, a time limit or a shutdown, 58 its disk.
 */
const sqlStates = /^(?:08...|25006|40001|40P01|53...|55P03|57...|58...)$/

const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** What `pg` says without a code. */
const sentences =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|Cannot use a pool after calling end|Client has encountered a connection error)/
