import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Fragment, parseFragment } from '../../src/fragments/fragment.ts'
import { readPage } from '../../src/fragments/page.ts'
import { partOf } from '../../src/fragments/part.ts'

const html = 'text/html; charset=utf-8'

for (const [what, selector, page, part] of [
  ['an element with its tags', '.price', '<p>a<b class="price">9 €</b>c', '<b class="price">9 €</b>'],
  ['all that match, in a row', 'li', '<ul> <li>1</li> <li>2</li></ul>', '<li>1</li><li>2</li>'],
  [
    'one inside another only once',
    'div',
    '<div>a<div>b</div></div><div>c</div>',
    '<div>a<div>b</div></div><div>c</div>',
  ],
  ['what the page does not close', 'li, p', '<ul><li>1<li>2</ul><div><p>x</div>y', '<li>1<li>2<p>x'],
  ['an element without content', 'img, li', '<img src=a><li><li>x', '<img src=a><li><li>x'],
  ['what nothing closes', '.q', '<p class=q>x <i>y', '<p class=q>x <i>y'],
  [
    'tags and names as they are written',
    'div#Main > span',
    '<DIV ID="Main"><Span >x</SPAN ></DIV>',
    '<Span >x</SPAN >',
  ],
  ['letters of every kind', '[title="ü€😀"]', '<p>😀<i title="ü€😀">ü</i>', '<i title="ü€😀">ü</i>'],
  [
    'what is escaped, quoted or in brackets',
    '.\\@a, [b="=!"], p:not([c=d])',
    '<i class=@a>1</i><i b="=!">2</i><p>3</p>',
    '<i class=@a>1</i><i b="=!">2</i><p>3</p>',
  ],
  ['entities as they are', '.a', '<p class=a>&amp;&nbsp;&#8364;</p>', '<p class=a>&amp;&nbsp;&#8364;</p>'],
] as const) {
  test(`SF-15: of a page of HTML ${what}`, () => {
    assert.deepEqual(text(partOf(readPage(pageOf(page, html)), fragment(selector))), { body: part, contentType: html })
  })
}

test('SF-15: a part keeps its bytes in encodings of one byte a character, and its type says which', () => {
  const page = Buffer.from('<meta charset=windows-1252><p class=a>\x80 \xfc</p>', 'latin1')
  const part = partOf(readPage({ body: page, contentType: 'text/html' }), fragment('.a'))
  assert.deepEqual(part, {
    kind: 'part',
    body: Buffer.from('<p class=a>\x80 \xfc</p>', 'latin1'),
    contentType: 'text/html; charset=windows-1252',
  })
})

test('SF-15: a part is UTF-8 where the page is in no encoding that can be cut', () => {
  const utf16 = Buffer.from('\ufeff<p class=a>ü</p>', 'utf16le')
  const broken = Buffer.from('<p class=a>\xff</p>', 'latin1')
  assert.equal(
    text(partOf(readPage({ body: utf16, contentType: 'text/html; charset=utf-16le' }), fragment('.a'))).body,
    '<p class=a>ü</p>',
  )
  assert.equal(
    text(partOf(readPage({ body: broken, contentType: html }), fragment('.a'))).body,
    '<p class=a>\ufffd</p>',
  )
})

test('SF-15: a byte order mark is no part of a part', () => {
  assert.equal(text(partOf(readPage(pageOf('\ufeff<p class=a>x</p>', 'text/html')), fragment('.a'))).contentType, html)
})

test('SF-15: elements of XML are an external parsed entity, since they are no document', () => {
  const feed = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><Entry/><entry>x</entry></feed>'
  assert.deepEqual(text(partOf(readPage(pageOf(feed, 'application/atom+xml')), fragment('entry'))), {
    body: '<entry>x</entry>',
    contentType: 'application/xml-external-parsed-entity; charset=utf-8',
  })
})

/** Superfeedr's own example, from its documentation. */
const store = `{ "store": {
  "book": [
    { "category": "reference", "title": "Sayings of the Century", "price": 8.950 },
    { "category": "fiction", "title": "Sword of \\"Honour\\"", "price": 12.99 }, { "price" : 22.99 }
  ],
  "bicycle": { "color": "red", "price": 19.95 }, "é/~": [], "7": "seven", "a": 1, "a": 2
} }`

for (const [path, value] of [
  ['$.store.bicycle.price', '19.95'],
  ['$.store.book[0].price', '8.950'],
  ['$.store.book[-2]["title"]', '"Sword of \\"Honour\\""'],
  ["$['store']['bicycle']", '{ "color": "red", "price": 19.95 }'],
  ['$.store.book[*].price', '[8.950,12.99,22.99]'],
  ['$..price', '[8.950,12.99,22.99,19.95]'],
  ['$..book[0].title', '["Sayings of the Century"]'],
  ['$.store.book[1:].price', '[12.99,22.99]'],
  ['$.store.book[::-1].price', '[22.99,12.99,8.950]'],
  ['$.store.book[0,2].price', '[8.950,22.99]'],
  ["$.store['é/~']", '[]'],
  ['$.store.a', '2'],
  ['/store/book/1/price', '12.99'],
  ['/store/é~1~0', '[]'],
  ['/store/7', '"seven"'],
  ['store.bicycle.color', '"red"'],
  ['store.book.0.price', '8.950'],
] as const) {
  test(`SF-15: of JSON, ${path} is ${value}`, () => {
    assert.deepEqual(text(partOf(readPage(pageOf(store, 'application/json')), fragment(path))), {
      body: value,
      contentType: 'application/json',
    })
  })
}

test('SF-15: the whole of JSON is a part of it, and JSON of any type is known by its text', () => {
  for (const type of ['text/html', 'text/plain', 'application/octet-stream', 'application/vnd.api+json']) {
    assert.equal(text(partOf(readPage(pageOf(' [1, {"a": 2}] ', type)), fragment('$'))).body, '[1, {"a": 2}]')
    assert.equal(text(partOf(readPage(pageOf(' [1, {"a": 2}] ', type)), fragment('$[1].a'))).body, '2')
  }
})

for (const [page, type, of, why] of [
  ['<p>', html, '.price', /matches the selector/],
  ['<p>', html, '$.price', /is markup/],
  ['{"price":1}', 'application/json', 'p > b', /is JSON/],
  ['{"price":1}', 'application/json', '$.prices', /where the path leads/],
  ['{"price":1}', 'application/json', '$.price[0].a', /where the path leads/],
  ['{"price":1', 'application/json', 'price', /neither markup nor JSON/],
  ['[[[1]]]', 'application/json', '$..*', /more than the whole page/],
  ['price: 1', 'text/plain', 'price', /neither markup nor JSON/],
  ['\x89PNG', 'image/png', 'price', /neither markup nor JSON/],
] as const) {
  test(`SF-15: ${of} names nothing of ${JSON.stringify(page)} (${type}), and a sentence says why`, () => {
    const part = partOf(readPage(pageOf(page, type)), fragment(of))
    assert.equal(part.kind, 'nothing')
    assert.match(part.kind === 'nothing' ? part.why : '', why)
  })
}

test('SF-15: a path that doubles what it leads to at each step is given up after a few', () => {
  const page = readPage(pageOf(`${'['.repeat(60)}1${']'.repeat(60)}`, 'application/json'))
  const part = partOf(page, fragment(`$${'[0,0]'.repeat(60)}`))
  assert.match(part.kind === 'nothing' ? part.why : '', /more than the whole page/)
})

test('SF-15: JSON that nests as deep as it likes is read', () => {
  const deep = `${'[{"a":'.repeat(2000)}{"b":[7]}${'}]'.repeat(2000)}`
  assert.equal(text(partOf(readPage(pageOf(deep, 'application/json')), fragment('$..b'))).body, '[[7]]')
})

for (const [of, says] of [
  ['', /empty/],
  ['p '.repeat(257), /longer than 512/],
  ['p >', /combinator/],
  ['> p', /combinator/],
  ['a,', /no CSS selector/],
  ['p:nonsense', /nonsense/],
  ['@media', /^'@media' is no CSS selector: @ has no meaning where it stands$/],
  ['feed=1', /= has no meaning/],
  ['!x', /! has no meaning/],
  ['p[', /^'p\[' is no CSS selector: Expected name, found its end$/],
  ['p::before', /no CSS selector/],
  ['$.a[', /^read as JSONPath it cannot be read from '' on/],
  ['$a', /cannot be read/],
  ['$.a[01]', /cannot be read/],
  ['$[?(@.price<10)]', /filter/],
  ['/a~2', /~/],
] as const) {
  test(`SF-15: '${of.slice(0, 40)}' is no fragment, and the sentence says why`, () => {
    assert.match(String(parseFragment(of)), says)
  })
}

function fragment(of: string): Fragment {
  const parsed = parseFragment(of)
  assert.ok(typeof parsed === 'object', String(parsed))
  return parsed
}

function pageOf(body: string, contentType: string) {
  return { body: Buffer.from(body), contentType }
}

function text(part: ReturnType<typeof partOf>): { readonly body: string; readonly contentType: string } {
  assert.equal(part.kind, 'part', JSON.stringify(part))
  return part.kind === 'part'
    ? { body: part.body.toString(), contentType: part.contentType }
    : { body: '', contentType: '' }
}
