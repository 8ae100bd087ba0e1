import { signedWith } from '../../checks.ts'
import { type Claim, expect, observed } from '../../claim.ts'
import { callbackApart } from '../../retries.ts'

const wanted = ['sha1', 'sha256', 'sha384', 'sha512', 'md5', 'whirlpool-2000']

export const claim: Claim = {
  rows: ['SIG-08', 'SIG-09'],
  level: 'extension',
  section: '7.1.1',
  title: 'hub.signature_algorithm is honoured or ignored, and never an error',
  sends: `subscriptions with hub.secret and hub.signature_algorithm of ${wanted.join(', ')}; then a ping`,
  expects: 'a signature that verifies for each; which methods were granted is noted',
  presupposes: ['signing/is-each-subscribers-own', 'subscription/ignores-unknown-parameters'],
  async run(context) {
    const topic = context.topic()
    const callbacks = await Promise.all(
      wanted.map(async (method) => {
        const callback = await callbackApart(context)
        const fields = { 'hub.secret': `for ${method}`, 'hub.signature_algorithm': method }
        await context.subscribed({ topic, callback, fields })
        return { method, callback }
      }),
    )
    await context.publish(topic)
    const granted: string[] = []
    for (const { method, callback } of callbacks) {
      const delivery = await callback.delivery()
      const signature = signedWith(delivery, `for ${method}`)
      expect(
        'method' in signature,
        { expected: `a signature for ${method}`, found: 'wrong' in signature ? signature.wrong : '' },
        delivery,
      )
      if (signature.method.toLowerCase() === method) granted.push(method)
    }
    return observed(granted.length > 1 ? `grants ${granted.join(', ')}` : 'ignores it')
  },
}
