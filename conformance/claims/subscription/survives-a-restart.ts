import { exec } from 'node:child_process'
import { promisify } from 'node:util'
import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-31'],
  level: 'hardening',
  section: '5.1.2',
  title: 'A request that was accepted is verified though the hub ended at once after it',
  sends: 'a subscription request; when it is answered, the hub is ended and started again',
  expects: 'a verification of intent',
  presupposes: ['subscription/is-verified'],
  knobs: ['restartCommand'],
  alone: true,
  async run({ subscribe, topic, callback, knobs }) {
    const subscriber = callback()
    expectAccepted(await subscribe(topic(), subscriber), 'the request')
    await promisify(exec)(knobs.restartCommand ?? '')
    await subscriber.verification()
  },
}
