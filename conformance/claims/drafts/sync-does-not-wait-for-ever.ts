import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { echo } from '../../peers.ts'

export const claim: Claim = {
  rows: ['PSH-05'],
  level: 'compat',
  section: '0.3 §6.1.2',
  title: 'A callback that can only answer once the request has been answered is verified all the same',
  sends:
    'a subscription request with hub.verify=sync; its callback echoes the challenge after the request was answered',
  expects: 'a 2xx while the callback still waits, and in the end a verification that the hub has read the answer to',
  presupposes: ['drafts/sync-makes-a-subscription'],
  holds: true,
  async run({ subscribe, topic, callback, until, timing, knobs }) {
    const subscriber = callback()
    const answered = Promise.withResolvers<void>()
    subscriber.onVerification((arrival) => ({ ...echo(arrival), until: answered.promise }))
    const answer = await subscribe(topic(), subscriber, { 'hub.verify': 'sync' }).finally(answered.resolve)
    expectAccepted(answer, 'a request whose callback has not answered yet')
    await until(() => subscriber.verifications.some(({ answeredWhole }) => answeredWhole), {
      expected: 'a verification whose answer the hub has read',
      withinMs: Math.max(timing.verifyMs, knobs.verifyRetryWithinMs ?? 0),
    })
  },
}
