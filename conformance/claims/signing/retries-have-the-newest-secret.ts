import { expectSigned, signedWith } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { retry, skipUnlessOpen } from '../../retries.ts'

export const claim: Claim = {
  rows: ['SIG-10'],
  level: 'MUST*',
  section: '5.1, 7.1',
  title: 'A retry is signed, with the secret that is in force when it is sent',
  sends:
    'an update whose delivery is left open while the subscription is renewed with another secret, and then answered with 500',
  expects: 'a second POST, signed with the second secret',
  presupposes: ['retry/tries-again', 'subscription/renewal-replaces-the-secret', 'distribution/waits-for-an-answer'],
  holds: true,
  async run(context) {
    const { topic, callback } = await context.subscribed({ fields: { 'hub.secret': 'the first secret' } })
    const renewed = Promise.withResolvers<void>()
    callback.onDelivery((_, before) => (before === 0 ? { status: 500, until: renewed.promise } : {}))
    await context.publish(topic)
    const first = await callback.delivery()
    expectSigned(first, 'the first secret', 'the first secret')
    const renewal = await context.subscribed({ topic, callback, fields: { 'hub.secret': 'the second secret' } })
    skipUnlessOpen(first, 'it had renewed the subscription')
    renewed.resolve()
    const again = await retry(context, callback)
    const signature = signedWith(again, 'the second secret')
    const found = 'wrong' in signedWith(again, 'the first secret') ? '' : ', but with the first secret'
    expect(
      !('wrong' in signature),
      { expected: 'a signature with the second secret', found: 'wrong' in signature ? signature.wrong + found : '' },
      first,
      renewal.answer,
      renewal.verification,
      again,
    )
  },
}
