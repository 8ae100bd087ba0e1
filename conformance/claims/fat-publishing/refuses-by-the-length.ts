import { type Claim, expect } from '../../claim.ts'
import { subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-06'],
  level: 'hardening',
  section: '6',
  title: 'Content whose Content-Length is too large is refused before it has been read',
  sends: 'the head of a request with content of one byte more than the hub was told to deliver, and none of its body',
  expects: 'status 413, or another 4xx, at once',
  presupposes: ['fat-publishing/limits-size'],
  knobs: ['publisherKey', 'contentBytesMax'],
  async run(context) {
    const { topic } = await subscribedToKeyed(context)
    const { hub, knobs, timing, sendRaw } = context
    const { host, pathname, search } = new URL(hub)
    const said = await sendRaw(
      [
        `POST ${pathname}${search} HTTP/1.1`,
        `Host: ${host}`,
        `Authorization: Bearer ${knobs.publisherKey}`,
        `Link: <${topic.url}>; rel="self"`,
        'Content-Type: text/plain',
        `Content-Length: ${(knobs.contentBytesMax ?? 0) + 1}`,
        'Connection: close',
        '',
        '',
      ].join('\r\n'),
      timing.promptMs,
    )
    const line = said.split('\r\n')[0] || 'no answer'
    expect(/^HTTP\/1\.\d 4/.test(line), { expected: 'status 413 before any of the body was sent', found: line })
  },
}
