import { signedWith } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { noConfirmations, noConfirmationsOfNewcomers } from '../../no-confirmation.ts'

export const claim: Claim = {
  rows: ['SUB-19', 'VER-11', 'VER-13', 'VER-14'],
  level: 'MUST',
  section: '5.1, 5.3.1',
  title: 'A renewal is confirmed by the challenge alone: anybody can ask for one, with a secret of theirs',
  sends:
    'renewals with another secret whose callbacks answer 200 with another word or with nothing, answer 204, or redirect to one that echoes the challenge; then a ping',
  expects: 'deliveries signed with the first secret',
  presupposes: [
    'subscription/failed-renewal-keeps-the-secret',
    'distribution/reaches-each-subscription',
    ...noConfirmationsOfNewcomers,
  ],
  async run(context) {
    const topic = context.topic()
    const answering = Object.entries(noConfirmations(context)).map(async ([what, answerer]) => {
      const { callback } = await context.subscribed({ topic, fields: { 'hub.secret': 'the first secret' } })
      callback.onVerification(answerer)
      await context.subscribe(topic, callback, { 'hub.secret': 'the second secret' })
      await context.noted(await callback.verification())
      return { what, callback }
    })
    const subscribers = await Promise.all(answering)
    await context.publish(topic)
    for (const { what, callback } of subscribers) {
      const delivery = await callback.delivery()
      const signature = signedWith(delivery, 'the first secret')
      const found = 'wrong' in signature ? signature.wrong : ''
      const expected = `a signature with the first secret for the callback that ${what} when the second was asked about`
      expect('method' in signature, { expected, found }, delivery)
    }
  },
}
