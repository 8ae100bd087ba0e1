import { isSuccess } from './asking.ts'
import { Ended } from './claim.ts'
import type { Context, PingName } from './context.ts'
import { openContext, type Stage } from './open-context.ts'

/**
 * Learns by which name the hub takes a ping, when it is first asked. REC §6 leaves the mechanism to the hub and the publisher:
 * its note shows hub.url, the W3C's test application sends hub.topic, and there are hubs that know but one of the two.
 */
export function createPingName(stage: Stage): () => Promise<PingName> {
  let learned: Promise<PingName> | undefined
  return () => {
    learned ??= learn(stage)
    return learned
  }
}

/** hub.url, unless only a ping by hub.topic has an effect. */
async function learn(stage: Stage): Promise<PingName> {
  const { context, close } = await openContext(stage)
  try {
    const [byUrl, byTopic] = await Promise.all([pingBy('hub.url', context), pingBy('hub.topic', context)])
    await context.happens(() => byUrl.isReached() || byTopic.isReached(), stage.timing.deliveryMs)
    if (byUrl.isAccepted && byTopic.isReached()) await context.happens(byUrl.isReached, stage.timing.quietMs)
    return byTopic.isReached() && !byUrl.isReached() ? 'hub.topic' : 'hub.url'
  } catch (error) {
    if (error instanceof Ended) return 'hub.url'
    throw error
  } finally {
    await close()
  }
}

async function pingBy(name: PingName, { subscribed, post }: Context) {
  const { topic, callback } = await subscribed()
  topic.content = 'Something new.'
  const answer = await post({ 'hub.mode': 'publish', [name]: topic.url })
  return { isAccepted: isSuccess(answer), isReached: () => callback.deliveries.length > 0 }
}
