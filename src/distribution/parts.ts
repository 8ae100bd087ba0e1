import type { Config } from '../config.ts'
import type { Db } from '../db/schema.ts'
import type { Events } from '../events.ts'
import type { Cipher } from '../subscribing/secret.ts'
import type { Bell } from '../work/bell.ts'
import type { World } from '../world.ts'

/** What distribution is made of. */
export interface DistributionParts {
  readonly db: Db
  readonly config: Config
  readonly world: World
  readonly events: Events
  readonly bell: Bell
  readonly cipher: Cipher
}

/** A claim outlasts the last attempt that may begin under it by this much. */
const claimMarginMs = 10_000

/** How long a claim of a batch, or of a backlog row, holds without being moved on. */
export function claimMs({ ATTEMPT_TIMEOUT }: Config): number {
  return ATTEMPT_TIMEOUT + claimMarginMs
}
