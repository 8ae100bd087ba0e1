import { setTimeout as pause } from 'node:timers/promises'
import { beginReplay } from '../distribution/replay-store.ts'
import { RequestRefused } from '../refusal.ts'
import { findSubscription } from './own-store.ts'
import { refused } from './parameters.ts'
import type { SuperfeedrParts } from './parts.ts'
import type { ReplayRequest } from './request.ts'

const lookEveryMs = 100
/** How long a client is kept while its callback is being sent to. */
const busyMsMax = 3000

/**
 * Has past entries of a topic sent to a callback again, as a notification like any other: signed, tried again until it arrives,
 * and in its turn. Once this resolves it survives a restart.
 *
 * @throws {RequestRefused} 404 where the login has no such subscription, 422 where nothing was published yet, or the callback
 * is being sent to for longer than the client can be kept
 */
export async function replay(
  { db, world, bell }: Pick<SuperfeedrParts, 'db' | 'world' | 'bell'>,
  owner: string,
  request: ReplayRequest,
): Promise<void> {
  const untilMs = performance.now() + busyMsMax
  for (;;) {
    const now = world.now()
    const found = await findSubscription(db, owner, { ...request, now })
    if (found === null) throw refused('hub.callback', 'and hub.topic name no subscription of yours', 404)
    const begun = await beginReplay(db, { ...found, count: request.count }, { now })
    if (begun === 'empty') throw refused('hub.topic', 'has published nothing yet')
    if (begun === 'begun') break
    if (performance.now() > untilMs) throw busy()
    await pause(lookEveryMs)
  }
  bell.ring('catch-up')
}

function busy(): RequestRefused {
  return new RequestRefused('This callback is being notified at this moment: ask again shortly.', {
    status: 422,
    parameter: 'hub.callback',
    retryAfterSeconds: 5,
  })
}
