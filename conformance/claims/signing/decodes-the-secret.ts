import { formType } from '../../asking.ts'
import { expectAccepted, expectSigned } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { callbackApart } from '../../retries.ts'

/** The secret, and two ways in which forms write it: the space as `%20`, and as `+`. */
const secret = ' a+b%20&=é "ÿ" ✓ '
const spellings = [encodeURIComponent(secret), encodeURIComponent(secret).replaceAll('%20', '+')]

export const claim: Claim = {
  rows: ['SIG-06'],
  level: 'MUST*',
  section: '5.1',
  title: 'The key of a signature is hub.secret as the form meant it, in UTF-8',
  sends: `subscriptions with hub.secret=${spellings.join(' and with hub.secret=')}, then a ping`,
  expects: `signatures that verify with ›${secret}‹, the space at either end included`,
  presupposes: ['signing/verifies'],
  async run(context) {
    for (const spelling of spellings) {
      const topic = context.topic()
      const callback = await callbackApart(context)
      const body = `hub.mode=subscribe&hub.topic=${encodeURIComponent(topic.url)}&hub.callback=${encodeURIComponent(callback.url)}`
      expectAccepted(
        await context.send({ what: 'subscribe', headers: [formType], body: `${body}&hub.secret=${spelling}` }),
        'the request',
      )
      await context.noted(await callback.verification())
      await context.publish(topic)
      expectSigned(await callback.delivery(), secret, `the key ›${secret}‹`)
    }
  },
}
