import { isSuccess } from '../../asking.ts'
import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

const paths = ['admin', 'stats', 'metrics', 'subscriptions', 'subscribers', 'debug']

export const claim: Claim = {
  rows: ['SEC-19', 'SEC-14'],
  level: 'hardening',
  section: '8',
  title: 'What the hub knows of its subscribers is not on its public URL',
  sends: `a subscription; then GET for ${paths.join(', ')}, beside the hub and at the root of its host, without credentials`,
  expects: 'no 2xx (401, 403, 404 fit), but for what the hub answers to any path; the callback in none of the answers',
  presupposes: ['subscription/is-verified'],
  async run({ hub, subscribed, send }) {
    const { callback } = await subscribed()
    const get = (path: string) => send({ what: `look at ${path}`, method: 'GET', url: new URL(path, hub).href })
    const anything = await get('/there-is-nothing-of-this-name')
    const places = new Set(paths.flatMap((path) => [`/${path}`, new URL(path, hub).pathname]))
    await Promise.all(
      [...places, new URL(hub).pathname].map(async (place) => {
        const answer = await get(place)
        const shown = answer.text.includes(callback.url)
        expect(!shown, { expected: 'the callback of another nowhere', found: `it at ${place}` }, answer)
        if (place === new URL(hub).pathname || !isSuccess(answer) || isSuccess(anything)) return
        const found = `${answer.status} with ${headerValue(answer.headers, 'Content-Type') ?? 'no Content-Type'}`
        expect(false, { expected: `no 2xx at ${place}`, found }, answer)
      }),
    )
  },
}
