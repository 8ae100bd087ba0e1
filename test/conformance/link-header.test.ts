import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linksOf, targetsTo } from '../../conformance/link-header.ts'
import type { Header } from '../../conformance/wire.ts'

const cases: readonly (readonly [what: string, lines: readonly string[], self: readonly string[]])[] = [
  ['quoted', ['<https://a.example/>; rel="self", <https://hub.example/>; rel="hub"'], ['https://a.example/']],
  [
    'unquoted and without blanks',
    ['<https://a.example/>;rel=self,<https://hub.example/>;rel=hub'],
    ['https://a.example/'],
  ],
  ['in two lines', ['<https://hub.example/>; rel="hub"', '<https://a.example/>; rel="self"'], ['https://a.example/']],
  ['of several types in one rel', ['<https://a.example/>; rel="canonical  SELF"'], ['https://a.example/']],
  [
    'with commas and semicolons in the URL',
    ['<https://a.example/?b=1,2;c>; rel="self"'],
    ['https://a.example/?b=1,2;c'],
  ],
  [
    'behind other parameters',
    ['<https://a.example/>; title="x, \\"y\\"; rel=no"; rel="self"; foo'],
    ['https://a.example/'],
  ],
  ['of which only the first rel counts', ['<https://a.example/>; rel="hub"; rel="self"'], []],
  [
    'twice',
    ['<https://a.example/>; rel="self", <https://b.example/>; rel="self"'],
    ['https://a.example/', 'https://b.example/'],
  ],
  ['without brackets', ['https://a.example/; rel="self"'], []],
  ['with a bracket in the URL', ['<https://a.example/<b>>; rel="self"'], []],
]

for (const [what, lines, self] of cases) {
  test(`a link ${what} is read as RFC 8288 says`, () => {
    const headers = lines.map((line): Header => ['link', line])
    assert.deepEqual(targetsTo('self', headers), self)
  })
}

test('what is malformed ends the reading of its line, and of no other', () => {
  const headers: readonly Header[] = [
    ['Link', '<https://a.example/>; rel="self", oops, <https://b.example/>; rel="hub"'],
    ['Link', '<https://c.example/>; rel="hub"'],
  ]
  assert.deepEqual(
    linksOf(headers).map(({ target }) => target),
    ['https://a.example/', 'https://c.example/'],
  )
})
