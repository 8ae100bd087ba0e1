import type { Claim } from '../../claim.ts'
import { expectDenied, nameHub, namelessTopic, strictly } from '../../strict.ts'

export const claim: Claim = {
  rows: ['DEN-07', 'VAL-06'],
  level: 'MUST*',
  section: '5.1, 5.2',
  title: 'Who was denied may ask again, and is judged afresh',
  sends:
    'a subscription request for a topic that does not name the hub, which is refused for that; the same when the topic names it',
  expects: 'a denial, then a verification of intent',
  presupposes: ['subscription/is-verified', 'validation/refusal-is-told', 'validation/may-want-its-own-link'],
  knobs: ['strictHub'],
  async run(context) {
    const strict = strictly(context)
    const [topic, callback] = [namelessTopic(strict), strict.callback()]
    await expectDenied(strict, topic, callback)
    nameHub(topic, strict)
    await strict.subscribed({ topic, callback })
  },
}
