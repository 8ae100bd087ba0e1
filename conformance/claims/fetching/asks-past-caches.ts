import { fetchAfterPing } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['FETCH-05'],
  level: 'hardening',
  section: '0.3 §7.2',
  title: 'A fetch after a ping asks caches on the way not to answer with the version before it',
  sends: 'a ping',
  expects: 'a fetch with Cache-Control: no-cache (no-store and max-age=0 do as well)',
  presupposes: ['publishing/is-delivered'],
  async run(context) {
    const { topic } = await context.subscribed()
    const fetch = await fetchAfterPing(context, topic)
    const found = headerValue(fetch.headers, 'Cache-Control') ?? 'no Cache-Control'
    const past = /(?:^|[\s,])(?:no-cache|no-store|max-age=0)(?=$|[\s,])/i.test(found)
    expect(past, { expected: 'Cache-Control: no-cache', found }, fetch)
  },
}
