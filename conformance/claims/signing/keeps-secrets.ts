import { type Claim, expect } from '../../claim.ts'

const secret = 'k3fj2m9x7q1z8v5t4w6y'

export const claim: Claim = {
  rows: ['SIG-14'],
  level: 'hardening',
  section: '8.3',
  title: 'A secret is told to nobody: not in URLs, headers or bodies, nor in an error message',
  sends:
    'a subscription with hub.secret and a ping; then a request with a secret of 220 bytes, and one without a topic',
  expects: 'that the secret stands in nothing that the hub sends or answers',
  presupposes: ['signing/verifies', 'subscription/refuses-incomplete-requests'],
  async run({ subscribed, subscribe, post, publish, topic, callback }) {
    const subscription = await subscribed({ fields: { 'hub.secret': secret } })
    await publish(subscription.topic)
    const asked = [await subscription.topic.fetch(), await subscription.callback.delivery()]
    for (const arrival of asked) {
      const { exchange, target, headers, text } = arrival
      const told = JSON.stringify([target, headers, text]).includes(secret)
      expect(!told, { expected: `no secret in a ${exchange.what}`, found: 'the secret' }, arrival)
    }
    const answers = [
      subscription.answer,
      await subscribe(topic(), callback(), { 'hub.secret': secret.repeat(11) }),
      await post({ 'hub.mode': 'subscribe', 'hub.callback': callback().url, 'hub.secret': secret }),
    ]
    for (const answer of answers) {
      const told = JSON.stringify([answer.headers, answer.text]).includes(secret)
      expect(!told, { expected: 'no secret in an answer', found: 'the secret' }, answer)
    }
  },
}
