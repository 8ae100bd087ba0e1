import { gzipSync } from 'node:zlib'
import type { Claim } from '../../claim.ts'
import { challengeOf } from '../../peers.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['VER-23'],
  level: 'hardening',
  section: '5.3.1',
  title: 'A verification asks for no compression, or a compressed challenge confirms too',
  sends: 'a subscription whose callback compresses the challenge with gzip if it is allowed to; then a ping',
  expects: 'a delivery',
  presupposes: ['publishing/is-delivered', 'verification/any-content-type-confirms'],
  async run({ topic, callback, subscribed, publish }) {
    const subscriber = callback()
    subscriber.onVerification((arrival) => {
      const allowed = /\bgzip\b/.test(headerValue(arrival.headers, 'Accept-Encoding') ?? '')
      const challenge = challengeOf(arrival)
      return allowed ? { headers: [['Content-Encoding', 'gzip']], body: gzipSync(challenge) } : { body: challenge }
    })
    const { topic: publisher } = await subscribed({ topic: topic(), callback: subscriber })
    await publish(publisher)
    await subscriber.delivery()
  },
}
