import type { Claim } from '../../claim.ts'
import { handedOver } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-11'],
  level: 'hardening',
  section: '7',
  title: 'Of a ping and content that is handed over, the later counts, even if the fetch ends last',
  sends: 'a ping, whose fetch the topic answers late; content, while the fetch is open; then lets the topic answer',
  expects: 'that the content is what is delivered last',
  presupposes: ['fat-publishing/fetches-nothing'],
  holds: true,
  knobs: ['publisherKey'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const late = Promise.withResolvers<void>()
    topic.serves(() => ({ headers: topic.headers, body: 'What the ping was about.', until: late.promise }))
    await context.ping(topic)
    const fetch = await topic.fetch()
    const content = 'What came after the ping.'
    const handing = handedOver(context, { topic, body: content })
    await Promise.race([handing, context.pass(context.timing.promptMs)])
    late.resolve()
    await handing
    await context.noted(fetch)
    await context.until(() => callback.deliveries.some(({ text }) => text === content), {
      expected: 'a delivery of the content that was handed over',
      withinMs: context.timing.deliveryMs,
    })
    await context.stays(() => callback.deliveries.at(-1)?.text === content, {
      expected: 'the content that came after the ping to be delivered last',
      found: () => `a later delivery: ${callback.deliveries.at(-1)?.text}`,
    })
  },
}
