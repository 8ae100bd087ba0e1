import { type Claim, expect } from '../../claim.ts'
import { incompleteRequests } from '../../incomplete.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['SUB-09'],
  level: 'SHOULD',
  section: '5.1.2',
  title: 'A refusal says in plain text which parameter was wrong',
  sends: 'subscription requests without hub.topic and without hub.callback',
  expects: 'Content-Type: text/plain, and the parameter’s name, with or without hub., in the body',
  presupposes: ['subscription/refuses-incomplete-requests', 'subscription/is-verified'],
  async run(context) {
    await Promise.all(
      incompleteRequests(context).map(async ({ fields, lacks, what }) => {
        const answer = await context.post(fields)
        const type = headerValue(answer.headers, 'Content-Type') ?? 'no Content-Type'
        const plain = /^text\/plain\b/i.test(type)
        expect(plain, { expected: `text/plain in answer to a request ${what}`, found: type }, answer)
        const found = `'${answer.text.trim().slice(0, 200)}'`
        const isNamed = answer.text.toLowerCase().includes(lacks.replace('hub.', ''))
        expect(isNamed, { expected: `a body that names ${lacks}`, found }, answer)
      }),
    )
  },
}
