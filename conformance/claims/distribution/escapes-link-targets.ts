import { type Claim, expect } from '../../claim.ts'
import { targetsTo } from '../../link-header.ts'
import { headerLines } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-18'],
  level: 'hardening',
  section: '7',
  title: 'What could break the Link header is escaped in the URLs that stand in it',
  sends:
    'a page that names its rel=self in a link element as a URL with a letter beyond ASCII, a comma, a space, a quotation mark and angle brackets',
  expects: 'a Link header of printable ASCII that reads as one rel=self and one rel=hub',
  presupposes: ['distribution/names-the-hub', 'distribution/names-the-topic'],
  async run({ hub, subscribed, publish }) {
    const { topic, callback } = await subscribed()
    topic.headers = [['Content-Type', 'text/html; charset=UTF-8']]
    const self = `${topic.url}?caf\u00E9,a;b b=&quot;&lt;x&gt;&quot;`
    await publish(
      topic,
      `<!doctype html><html><head><title>T</title><link rel="hub" href="${hub}"><link rel="self" href="${self}"></head><body><p>New.</body></html>`,
    )
    const delivery = await callback.delivery()
    const line = headerLines(delivery.headers, 'Link').join(', ')
    const [selves, hubs] = [targetsTo('self', delivery.headers), targetsTo('hub', delivery.headers)]
    expect(
      /^[\x20-\x7E]+$/.test(line) && selves.length === 1 && hubs.length === 1 && isUrl(selves[0] ?? ''),
      { expected: 'one rel=self and one rel=hub, in printable ASCII', found: `Link: ${line}` },
      delivery,
    )
  },
}

/** Nothing in it that RFC 3986 does not allow. */
function isUrl(target: string): boolean {
  return URL.canParse(target) && /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/.test(target)
}
