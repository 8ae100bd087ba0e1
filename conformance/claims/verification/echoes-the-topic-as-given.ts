import { type Claim, expect } from '../../claim.ts'
import { parameter } from '../../peers.ts'

const suffixes = ['/?a=1&b=%20&c=d+e', '/%7euser/%C3%A9', '/a%2fb;c?x=%26&y=/', '/UPPER/./and?q']

export const claim: Claim = {
  rows: ['VER-03', 'SUB-24', 'SUB-06'],
  level: 'MUST',
  section: '5.3',
  title: 'hub.topic in a verification is the topic exactly as it was given, percent-encoded once',
  sends: `subscriptions to topics that end in ${suffixes.join(', ')}`,
  expects: 'hub.topic that decodes, once, to the very same string',
  presupposes: ['subscription/is-verified'],
  async run({ topic, subscribed }) {
    await Promise.all(
      suffixes.map(async (suffix) => {
        const { topic: asked, verification } = await subscribed({ topic: topic({ suffix }) })
        const found = parameter(verification, 'hub.topic') ?? 'none'
        expect(found === asked.url, { expected: `hub.topic that decodes to ${asked.url}`, found }, verification)
      }),
    )
  },
}
