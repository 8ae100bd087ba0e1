import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['PUB-09'],
  level: 'compat',
  section: '0.3 §7.1',
  title: 'The refusal of a ping says in plain text which parameter was wrong',
  sends: 'hub.mode=publish alone',
  expects: 'a text/plain body that names hub.url or hub.topic',
  presupposes: ['publishing/refuses-pings-of-nothing', 'subscription/errors-help'],
  pings: true,
  async run({ post }) {
    const answer = await post({ 'hub.mode': 'publish' })
    const type = headerValue(answer.headers, 'Content-Type') ?? 'no Content-Type'
    expect(/^text\/plain\b/i.test(type), { expected: 'text/plain', found: type }, answer)
    const found = answer.text === '' ? 'an empty body' : answer.text.trim()
    expect(
      /hub\.(url|topic)/.test(answer.text),
      { expected: 'a sentence that names hub.url or hub.topic', found },
      answer,
    )
  },
}
