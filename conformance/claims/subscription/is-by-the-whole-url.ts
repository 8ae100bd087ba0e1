import type { Claim } from '../../claim.ts'
import type { Context } from '../../context.ts'
import type { Callback, Topic } from '../../peers.ts'

/** Two ends of a URL that make two URLs of it (§5.1.1 makes one only of escapes of unreserved characters). */
const differences = [
  ['?id=1', '?id=2'],
  ['/feed', '/Feed'],
  ['/blog', '/blog/'],
] as const
const told = differences.map((pair) => `…${pair.join(' and …')}`).join(', ')

export const claim: Claim = {
  rows: ['SUB-21', 'SUB-23'],
  level: 'MUST*',
  section: '1, 5.1.1',
  title: 'URLs that differ in their query, in a letter’s case or in a final slash are different topics and callbacks',
  sends: `one topic for callbacks that end in ${told}; one callback for topics that end so; a ping for each topic`,
  expects: 'a delivery of the one topic to each callback, and of each topic to the one callback',
  presupposes: [
    'subscription/is-by-topic-and-callback',
    'distribution/keeps-every-byte-of-the-callback',
    'distribution/goes-to-the-callback-as-given',
    'validation/first-ping-is-always-delivered',
  ],
  async run(context) {
    await Promise.all(
      differences.map((ends) => Promise.all([expectTwoCallbacks(context, ends), expectTwoTopics(context, ends)])),
    )
  },
}

async function expectTwoCallbacks(context: Context, ends: readonly string[]): Promise<void> {
  const [topic, base] = [context.topic(), context.callback()]
  const callbacks: readonly Callback[] = ends.map((end) => ({ ...base, url: `${base.url}${end}` }))
  for (const callback of callbacks) await context.subscribed({ topic, callback })
  await context.publish(topic)
  const missing = () => callbacks.filter(({ url }) => !base.deliveries.some(({ target }) => url.endsWith(target)))
  await context.until(() => missing().length === 0, {
    expected: `a delivery to each of the callbacks …${ends.join(' and …')}`,
    found: () => `none to ${missing()[0]?.url}`,
    withinMs: context.timing.deliveryMs,
  })
}

async function expectTwoTopics(context: Context, ends: readonly string[]): Promise<void> {
  const [topics, callback] = [topicsAt(context, ends), context.callback()]
  for (const topic of topics) await context.subscribed({ topic, callback })
  for (const topic of topics) await context.publish(topic)
  const missing = () => topics.filter(({ content }) => !callback.deliveries.some(({ text }) => text === content))
  await context.until(() => missing().length === 0, {
    expected: `a delivery of each of the topics …${ends.join(' and …')}`,
    found: () => `none of ${missing()[0]?.url}`,
    withinMs: context.timing.deliveryMs,
  })
}

/** One topic's URL with each of these ends, and each of them a topic that names itself. */
function topicsAt(context: Context, ends: readonly string[]): readonly Topic[] {
  const base = context.topic()
  const topics = ends.map((end): Topic => {
    const url = `${base.url}${end}`
    return {
      ...base,
      url,
      headers: [
        ['Content-Type', 'text/html'],
        ['Link', `<${context.hub}>; rel="hub", <${url}>; rel="self"`],
      ],
    }
  })
  base.serves(({ target }) => {
    const asked = topics.find(({ url }) => url.endsWith(target))
    return asked === undefined ? { status: 404 } : { headers: asked.headers, body: asked.content }
  })
  return topics
}
