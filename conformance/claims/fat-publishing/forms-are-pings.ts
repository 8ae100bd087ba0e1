import { encodeForm, formType } from '../../asking.ts'
import { expectAccepted } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { handOver } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-05'],
  level: 'hardening',
  section: '6',
  title: 'A form is a ping, whoever sends it, unless it says that it is content',
  sends: 'a ping as a form, with the key in Authorization',
  expects: 'a 2xx, a fetch of the topic, and a delivery of what that serves',
  presupposes: ['fat-publishing/is-delivered', 'subscription/takes-any-request-header'],
  pings: true,
  knobs: ['publisherKey'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    topic.content = 'What the topic serves.'
    const body = encodeForm({ 'hub.mode': 'publish', [await context.pingName()]: topic.url })
    const answer = await handOver(context, { body, type: formType[1] })
    expectAccepted(answer, 'a ping with a key')
    const delivery = await callback.delivery()
    expect(delivery.text === topic.content, { expected: 'what the topic serves', found: delivery.text }, delivery)
  },
}
