import type { Config } from '../config.ts'
import type { Db } from '../db/schema.ts'
import type { Forms } from '../distribution/forms.ts'
import type { Publications } from '../distribution/publications.ts'
import type { Events } from '../events.ts'
import type { Cipher } from '../subscribing/secret.ts'
import type { Bell } from '../work/bell.ts'
import type { World } from '../world.ts'

/** What Superfeedr's verbs are made of. */
export interface SuperfeedrParts {
  readonly db: Db
  readonly config: Config
  readonly world: World
  readonly events: Events
  readonly bell: Bell
  readonly cipher: Cipher
  readonly publications: Publications
  readonly forms: Forms
}
