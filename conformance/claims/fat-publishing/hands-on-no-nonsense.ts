import { expectRefused } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { expectNothingCame, handOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-13'],
  level: 'hardening',
  section: '8',
  title: 'What is sent on in headers is a media type and a URL: anything else a publisher writes there is refused',
  sends: 'content with Content-Type: news, with a vertical tab in it, and with Link: <javascript:x>; rel="self"',
  expects: 'a 4xx each time, and nothing delivered',
  presupposes: ['fat-publishing/is-delivered', 'subscription/errors-are-the-clients'],
  knobs: ['publisherKey'],
  async run(context) {
    const keyed = await subscribedToKeyed(context)
    const { topic } = keyed
    const untyped = await handOver(context, { topic, body: 'Nonsense.', type: 'news' })
    expectRefused(untyped, 'content whose Content-Type is no media type')
    const unlinked = await handOver(context, { topic: 'javascript:x', body: 'Nonsense.' })
    expectRefused(unlinked, 'content whose topic is no http or https URL')
    const { host, pathname, search } = new URL(context.hub)
    const said = await context.sendRaw(
      [
        `POST ${pathname}${search} HTTP/1.1`,
        `Host: ${host}`,
        `Authorization: Bearer ${context.knobs.publisherKey}`,
        `Link: <${topic.url}>; rel="self"`,
        'Content-Type: text/html\x0bX-Also: this',
        'Content-Length: 9',
        '',
        'Nonsense.',
      ].join('\r\n'),
    )
    const line = said.split('\r\n')[0] ?? ''
    expect(!/^HTTP\/1\.\d 2/.test(line), { expected: 'a 4xx for a Content-Type with a control character', found: line })
    await expectNothingCame(context, keyed)
  },
}
