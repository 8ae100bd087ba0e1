import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VER-16'],
  level: 'hardening',
  section: '5.1.2',
  title: 'A callback that does not answer its verification keeps no other waiting',
  sends:
    'two subscription requests for a topic, whose callbacks leave the verification open until both have been asked',
  expects: 'a verification of each while the other is open',
  presupposes: ['subscription/answers-before-it-asks'],
  holds: true,
  async run({ topic, callback, subscribe, settle }) {
    const [shared, callbacks] = [topic(), [callback(), callback()]]
    for (const each of callbacks) each.onVerification({ fault: 'hang' })
    await Promise.all(callbacks.map((each) => subscribe(shared, each)))
    const verifications = await Promise.all(callbacks.map((each) => each.verification()))
    await settle()
    const found = 'one only after the other had been given up'
    const areOpen = verifications.every(({ endedAtMs }) => endedAtMs === undefined)
    expect(areOpen, { expected: 'two verifications open at the same time', found }, ...verifications)
  },
}
