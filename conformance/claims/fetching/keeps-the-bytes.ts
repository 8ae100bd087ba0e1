import { type Claim, expect } from '../../claim.ts'

const bom = '\u{feff}'

/** What a reading that is not to the byte would change. */
const samples: readonly (readonly [what: string, type: string, body: Buffer])[] = [
  ['ISO-8859-1', 'text/html; charset=ISO-8859-1', Buffer.from('<!doctype html><p>caf\xe9 \xa4\n', 'latin1')],
  ['UTF-16 with a byte order mark', 'text/plain; charset=utf-16', Buffer.from(`${bom}héllo ✓\n`, 'utf16le')],
  ['UTF-8 with a byte order mark', 'application/xml', Buffer.from(`${bom}<?xml version="1.0"?>\n<a>✓</a>\n`)],
  ['CRLF, and blanks at both ends', 'text/plain; charset=utf-8', Buffer.from('\r\n  one\r\ntwo\rthree\n\n \t')],
  ['NUL and bytes that are no text', 'application/octet-stream', Buffer.from('\x00\xff\xfe\x80 \x00\x1b', 'latin1')],
  ['JSON that could be written otherwise', 'application/json', Buffer.from('{ "b":1.0, "a" : "\\u00e9\\/",\n"b":2 }')],
  ['HTML that could be mended', 'text/html', Buffer.from('<p>one<P CLASS=x>two<br/>&eacute;&#x27;</i>')],
]

export const claim: Claim = {
  rows: ['FETCH-10', 'DIST-02', 'DIST-15'],
  level: 'MUST',
  section: '7',
  title: 'The body of a delivery is, byte for byte, what the topic served',
  sends: `pings for topics that serve ${samples.map(([what]) => what).join('; ')}`,
  expects: 'the same bytes in each delivery',
  presupposes: ['fetching/delivers-what-is-served'],
  async run({ subscribed, topic, publish }) {
    await Promise.all(
      samples.map(async ([what, type, body]) => {
        const { topic: sample, callback } = await subscribed({ topic: topic({ type }) })
        await publish(sample, body)
        const delivery = await callback.delivery()
        const found = `${delivery.body.length} bytes that differ${differenceOf(body, delivery.body)}`
        expect(delivery.body.equals(body), { expected: `the ${body.length} bytes of ${what}`, found }, delivery)
      }),
    )
  },
}

function differenceOf(served: Buffer, delivered: Buffer): string {
  const at = served.findIndex((byte, index) => byte !== delivered[index])
  return at === -1 ? '' : ` from byte ${at} on`
}
