import { type Claim, expect } from '../../claim.ts'
import { expectNothingCame, handOver, subscribedToKeyed } from '../../handing-over.ts'
import { headerLines } from '../../wire.ts'

export const claim: Claim = {
  rows: ['FAT-02', 'SEC-20'],
  level: 'hardening',
  section: '8',
  title: 'Content is taken from nobody without a key: unlike a ping it could be forged',
  sends: 'content for a topic without any credentials, and with a key that does not exist',
  expects: 'status 401 with WWW-Authenticate (403 will do for a wrong key), and nothing delivered',
  presupposes: ['fat-publishing/is-delivered', 'subscription/errors-are-the-clients'],
  knobs: ['publisherKey'],
  async run(context) {
    const keyed = await subscribedToKeyed(context)
    const none = await handOver(context, { topic: keyed.topic, body: 'Forged.', key: null })
    const told = none.status === 401 && headerLines(none.headers, 'WWW-Authenticate').length > 0
    expect(told, { expected: 'status 401 and WWW-Authenticate', found: `status ${none.status}` }, none)
    const wrong = await handOver(context, { topic: keyed.topic, body: 'Forged.', key: 'no-such-key-0123456789' })
    const refused = wrong.status === 401 || wrong.status === 403
    expect(refused, { expected: 'status 401 or 403 for an unknown key', found: `status ${wrong.status}` }, wrong)
    await expectNothingCame(context, keyed)
  },
}
