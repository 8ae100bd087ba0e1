import { type Claim, expect } from '../../claim.ts'

const cases: readonly (readonly [suffix: string, target: RegExp])[] = [
  ['', /^[^?]*\?hub\./],
  ['?', /^[^?]*\?&?hub\./],
  ['?a=b&', /^[^?]*\?a=b&{1,2}hub\./],
  ['/a?b=c?d', /^[^?]*\?b=c\?d&hub\./],
]

export const claim: Claim = {
  rows: ['VER-07'],
  level: 'MUST*',
  section: '5.1.1',
  title: 'Where the callback has no query ? is put between, otherwise &, and never two ?',
  sends: 'subscription requests whose callbacks end in nothing, in ?, in ?a=b& and in ?b=c?d',
  expects: 'a query in which the hub’s parameters can be read each time',
  presupposes: ['verification/keeps-the-callbacks-query'],
  async run({ callback, subscribed }) {
    await Promise.all(
      cases.map(async ([suffix, pattern]) => {
        const { verification } = await subscribed({ callback: callback({ suffix }) })
        const found = verification.target
        expect(pattern.test(found), { expected: `a request-target like ${pattern.source}`, found }, verification)
      }),
    )
  },
}
