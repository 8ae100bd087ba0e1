import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-34', 'SEC-24'],
  level: 'hardening',
  section: '5.1.2',
  title: 'Its own URL is refused as callback and as topic: that would be a loop',
  sends: 'a subscription request whose callback is the hub URL, and one whose topic is',
  expects: 'a 4xx each time',
  presupposes: ['subscription/is-verified', 'subscription/errors-are-the-clients'],
  async run({ hub, subscribe, topic, callback }) {
    expectRefused(await subscribe(topic(), hub), 'the hub itself as callback')
    expectRefused(await subscribe(hub, callback()), 'the hub itself as topic')
  },
}
