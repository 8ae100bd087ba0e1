import { type Claim, expect } from '../../claim.ts'
import { parameters } from '../../peers.ts'

const token = 'subscribe&a+b é=%20'

export const claim: Claim = {
  rows: ['VER-25', 'PSH-02', 'PEER-08'],
  level: 'compat',
  section: '0.3 §6.2',
  title: 'hub.verify_token comes back in the verification: several readers refuse one without it',
  sends: `a subscription request with hub.verify_token=${token}, and one without`,
  expects: 'the same token in the first verification, none in the second',
  presupposes: ['subscription/takes-what-old-clients-send'],
  async run({ subscribed }) {
    const { verification: asked } = await subscribed({ fields: { 'hub.verify_token': token } })
    const found = parameters(asked, 'hub.verify_token')
    expect(found.join() === token, { expected: `hub.verify_token '${token}'`, found: `'${found.join()}'` }, asked)
    const { verification: plain } = await subscribed()
    const none = parameters(plain, 'hub.verify_token').length === 0
    expect(none, { expected: 'no hub.verify_token where none was sent', found: 'one' }, plain)
  },
}
