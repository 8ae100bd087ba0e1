import type { Claim } from '../../claim.ts'

const length = 2000

export const claim: Claim = {
  rows: ['SUB-29'],
  level: 'hardening',
  section: '5.1',
  title: 'Topics and callbacks of 2000 characters are accepted',
  sends: 'a subscription request whose topic and callback are 2000 characters long each',
  expects: 'a 2xx, then a verification of intent',
  presupposes: ['subscription/is-verified'],
  async run({ topic, callback, subscribed }) {
    const suffix = `/${'x'.repeat(length - topic().url.length - 3)}`
    await subscribed({ topic: topic({ suffix }), callback: callback({ suffix }) })
  },
}
