import { expectAccepted } from './checks.ts'
import type { Context } from './context.ts'
import type { Callback, Topic } from './peers.ts'

/** The same hub, set to refuse what does not name it. */
export function strictly(context: Context): Context {
  return context.toward(context.knobs.strictHub ?? '')
}

/** A topic that does not name the hub, until it is told to. */
export function namelessTopic({ topic }: Context): Topic {
  return topic({ links: [] })
}

/** From now on the topic names the hub, and itself. */
export function nameHub(topic: Topic, { hub }: Context): void {
  topic.headers = [...topic.headers, ['Link', `<${hub}>; rel="hub", <${topic.url}>; rel="self"`]]
}

/** Asks for the topic that does not name the hub; returns once the callback was told no. */
export async function expectDenied({ subscribe }: Context, topic: Topic, callback: Callback): Promise<void> {
  expectAccepted(await subscribe(topic, callback), 'a topic that was not looked at yet')
  await callback.denial()
}
