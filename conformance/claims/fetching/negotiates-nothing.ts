import { fetchAfterPing } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['FETCH-04'],
  level: 'compat',
  section: '4.1',
  title: 'A fetch prefers no type and no language: a topic has one representation',
  sends: 'a ping',
  expects: 'a fetch with Accept: */* or none, and no Accept-Language',
  presupposes: ['publishing/is-delivered'],
  async run(context) {
    const { topic } = await context.subscribed()
    const fetch = await fetchAfterPing(context, topic)
    const accept = headerValue(fetch.headers, 'Accept') ?? '*/*'
    const language = headerValue(fetch.headers, 'Accept-Language')
    expect(accept.trim() === '*/*', { expected: 'Accept: */* or none', found: accept }, fetch)
    expect(language === undefined, { expected: 'no Accept-Language', found: language ?? '' }, fetch)
  },
}
