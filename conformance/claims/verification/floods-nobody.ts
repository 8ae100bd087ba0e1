import { type Claim, expect } from '../../claim.ts'

const requests = 40
const verificationsMax = 20

export const claim: Claim = {
  rows: ['VER-27', 'SEC-08'],
  level: 'hardening',
  section: '5.3',
  title: 'The same request many times at once does not become as many calls to the callback',
  sends: `${requests} identical subscription requests at once`,
  expects: `at most ${verificationsMax} verifications`,
  presupposes: ['subscription/answers-before-it-asks', 'validation/answers-before-it-looks-at-the-topic'],
  floods: true,
  async run({ subscribe, topic, callback, settle, timing }) {
    const [publisher, subscriber] = [topic(), callback()]
    await Promise.all(Array.from({ length: requests }, () => subscribe(publisher, subscriber)))
    await subscriber.verification()
    await settle(timing.quietMs)
    const { length } = subscriber.verifications
    const expected = `at most ${verificationsMax} verifications for ${requests} identical requests`
    expect(length <= verificationsMax, { expected, found: `${length}` })
  },
}
