import { exec } from 'node:child_process'
import { promisify } from 'node:util'
import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { echo } from '../../peers.ts'

export const claim: Claim = {
  rows: ['SUB-31'],
  level: 'hardening',
  section: '5.1.2',
  title: 'A request that was accepted is verified though the hub ended at once after it',
  sends:
    'a subscription request; when it is answered, the hub is ended and started again. The callback answers no verification before that',
  expects: 'a verification that the hub has read the answer to',
  presupposes: ['subscription/answers-before-it-asks'],
  knobs: ['restartCommand'],
  alone: true,
  holds: true,
  async run({ subscribe, topic, callback, settle, until, knobs, timing }) {
    const subscriber = callback()
    const restarted = Promise.withResolvers<void>()
    subscriber.onVerification((arrival) => ({ ...echo(arrival), until: restarted.promise }))
    expectAccepted(await subscribe(topic(), subscriber), 'the request')
    await promisify(exec)(knobs.restartCommand ?? '')
    await settle() // Until the connections of the hub that ended are seen to have ended.
    restarted.resolve()
    await until(() => subscriber.verifications.some(({ answeredWhole }) => answeredWhole), {
      expected: 'a verification after the restart',
      // What was open when the hub ended may have to lapse.
      withinMs: 2 * timing.verifyMs + (knobs.verifyTimeoutMs ?? 0),
    })
  },
}
