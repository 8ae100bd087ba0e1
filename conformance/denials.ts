import { isSuccess } from './asking.ts'
import { expectRefused } from './checks.ts'
import { skip } from './claim.ts'
import type { CallbackOptions, Context } from './context.ts'
import type { Arrival, Callback, Topic } from './peers.ts'
import type { Answer } from './server.ts'

export interface Denied {
  readonly topic: Topic
  readonly callback: Callback
  readonly denial: Arrival
}

/**
 * Asks the hub that refuses every topic for a subscription, and returns once the callback was told no. The claim is skipped where
 * that hub refuses with a 4xx at once: then nobody is to be told (§5.1.2).
 */
export async function denied(context: Context, options: DeniedOptions = {}): Promise<Denied> {
  const { subscribe, topic, callback } = context.toward(context.knobs.closedHub ?? '')
  const [publisher, subscriber] = [topic(), callback(options)]
  if (options.answering !== undefined) subscriber.onDenial(options.answering)
  const answer = await subscribe(publisher, subscriber)
  if (!isSuccess(answer)) {
    expectRefused(answer, 'a topic that this hub does not take')
    skip(`it refuses such a topic at once, with ${answer.status}, and has nobody to tell`)
  }
  return { topic: publisher, callback: subscriber, denial: await subscriber.denial() }
}

interface DeniedOptions extends CallbackOptions {
  readonly answering?: Answer
}
