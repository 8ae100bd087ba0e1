import { expectSigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SIG-05'],
  level: 'MUST',
  section: '7.1',
  title: 'A signature is made over the bytes of the body, whatever they are',
  sends: 'a subscription with hub.secret, then a ping for content that is no text: every byte there is',
  expects: 'a signature that verifies over exactly these bytes',
  presupposes: ['signing/verifies', 'fetching/keeps-the-bytes'],
  async run({ topic, subscribed, publish }) {
    const { topic: publisher, callback } = await subscribed({
      topic: topic({ type: 'application/octet-stream' }),
      fields: { 'hub.secret': 'k3fj2m9x7q1z8v5t4w6y' },
    })
    await publish(
      publisher,
      Uint8Array.from({ length: 256 }, (_, at) => at),
    )
    expectSigned(await callback.delivery(), 'k3fj2m9x7q1z8v5t4w6y', 'the secret')
  },
}
