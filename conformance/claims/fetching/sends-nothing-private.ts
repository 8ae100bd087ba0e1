import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['FETCH-12'],
  level: 'hardening',
  section: '6',
  title: 'A fetch carries no cookies, no credentials and no referrer',
  sends: 'two pings for a topic that answers with Set-Cookie',
  expects: 'fetches without Cookie, Authorization and Referer',
  presupposes: ['publishing/is-delivered'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    topic.headers = [...topic.headers, ['Set-Cookie', 'visitor=1; Path=/']]
    for (const content of ['The first.', 'The second.']) {
      await publish(topic, content)
      await callback.delivery()
    }
    for (const fetch of topic.fetches) {
      const name = ['Cookie', 'Authorization', 'Referer'].find((each) => headerValue(fetch.headers, each) !== undefined)
      const found = `${name}: ${headerValue(fetch.headers, name ?? '')}`
      expect(name === undefined, { expected: 'a fetch without Cookie, Authorization and Referer', found }, fetch)
    }
  },
}
