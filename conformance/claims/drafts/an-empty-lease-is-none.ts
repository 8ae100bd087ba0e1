import { type Claim, expect } from '../../claim.ts'
import { parameter } from '../../peers.ts'

export const claim: Claim = {
  rows: ['PSH-06', 'LEASE-07'],
  level: 'compat',
  section: '0.3 §6.1',
  title: 'An empty hub.lease_seconds is as good as none: old clients send one when they do not mind',
  sends: 'a subscription request with an empty hub.lease_seconds, and one without any',
  expects: 'a 2xx each, and the same hub.lease_seconds in both verifications',
  presupposes: ['verification/has-each-parameter-once'],
  async run({ subscribed }) {
    const { verification: plain } = await subscribed()
    const { verification: empty } = await subscribed({ fields: { 'hub.lease_seconds': '' } })
    const [standard, found] = [plain, empty].map((asked) => parameter(asked, 'hub.lease_seconds'))
    const expected = `hub.lease_seconds=${standard}, as where none was asked for`
    expect(found === standard, { expected, found: `hub.lease_seconds=${found}` }, empty)
  },
}
