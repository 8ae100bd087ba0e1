import type { Config } from '../config.ts'
import type { Db } from '../db/schema.ts'
import type { Events } from '../events.ts'
import type { Bell } from '../work/bell.ts'
import type { World } from '../world.ts'

/** What publishing is made of. */
export interface PublishingParts {
  readonly db: Db
  readonly config: Config
  readonly world: World
  readonly events: Events
  readonly bell: Bell
}
