import { expectAccepted } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VAL-04'],
  level: 'MUST*',
  section: '5.1.2',
  title: 'The answer to a subscription request does not wait for the topic',
  sends: 'a subscription request for a topic that never answers',
  expects: 'a 2xx at once, and before the hub gave the topic up',
  presupposes: ['subscription/is-verified'],
  holds: true,
  async run({ subscribe, topic, callback, settle, timing }) {
    const publisher = topic()
    publisher.serves({ fault: 'hang' })
    const answer = await subscribe(publisher, callback())
    await settle()
    const waited = publisher.requests.some(({ endedAtMs }) => endedAtMs !== undefined)
    expectAccepted(answer, 'a topic that never answers')
    const found = waited
      ? 'one after the hub had given the topic up'
      : `one after ${(answer.tookMs / 1000).toFixed(1)} s`
    expect(
      !waited && answer.tookMs < timing.promptMs,
      { expected: 'an answer at once', found },
      answer,
      ...publisher.requests,
    )
  },
}
