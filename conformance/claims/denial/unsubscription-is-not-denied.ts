import { isSuccess } from '../../asking.ts'
import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DEN-12'],
  level: 'hardening',
  section: '5',
  title: 'An unsubscription is never denied: a hub that does not take it refuses it at once',
  sends: 'an unsubscription to a hub that refuses every topic',
  expects: 'a 2xx or a 4xx, and no hub.mode=denied at the callback',
  presupposes: ['validation/refusal-is-told', 'unsubscription/unknown-is-no-error'],
  knobs: ['closedHub'],
  async run({ toward, knobs, stays }) {
    const { unsubscribe, topic, callback } = toward(knobs.closedHub ?? '')
    const subscriber = callback()
    const answer = await unsubscribe(topic(), subscriber)
    if (!isSuccess(answer)) expectRefused(answer, 'an unsubscription from a topic that this hub does not take')
    await stays(() => subscriber.denials.length === 0, { expected: 'no hub.mode=denied', found: () => 'one' })
  },
}
