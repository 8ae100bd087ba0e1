import { type Claim, expect, observed } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

/** As the clients that read it by eye need it. */
const plain = /^<[^<>]*>; rel="(hub|self)"(, <[^<>]*>; rel="(hub|self)")+$/

export const claim: Claim = {
  rows: ['DIST-08', 'PSH-14'],
  level: 'compat',
  section: '7',
  title: 'The Link header is written as clients without a parser read it: <topic>; rel="self", <hub>; rel="hub"',
  sends: 'a ping for a topic with a verified subscription',
  expects:
    'rel in lower case and in quotes, one space after each comma and semicolon, no other parameter; whether rel=self comes first is noted, since some clients read only the first link',
  presupposes: ['distribution/links-stand-in-one-line'],
  async run({ subscribed, publish }) {
    const { topic, callback } = await subscribed()
    await publish(topic)
    const delivery = await callback.delivery()
    const found = headerValue(delivery.headers, 'Link') ?? ''
    const [, first] = plain.exec(found) ?? []
    expect(
      first !== undefined,
      { expected: 'Link: <…>; rel="self", <…>; rel="hub"', found: `Link: ${found}` },
      delivery,
    )
    return observed(`rel=${first} comes first`)
  },
}
