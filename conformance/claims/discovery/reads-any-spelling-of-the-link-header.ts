import { expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import type { Header } from '../../wire.ts'

/** What each answers, and a name for it. */
const spellings: Readonly<Record<string, (self: string, hub: string) => readonly Header[]>> = {
  'two lines': (self, hub) => [
    ['Link', `<${hub}>; rel="hub"`],
    ['Link', `<${self}>; rel="self"`],
  ],
  'rel without quotes': (self, hub) => [['Link', `<${hub}>; rel=hub, <${self}>; rel=self`]],
  'no spaces': (self, hub) => [['Link', `<${hub}>;rel="hub",<${self}>;rel="self"`]],
  'several types in one rel': (self, hub) => [['Link', `<${hub}>; rel="hub", <${self}>; rel="canonical self"`]],
  capitals: (self, hub) => [['LINK', `<${hub}>; REL="Hub", <${self}>; Rel="SELF"`]],
  'another parameter before rel': (self, hub) => [
    ['Link', `<${hub}>; rel="hub", <${self}>; title="a, b; c"; rel="self"; type="text/html"`],
  ],
  'other links before it': (self, hub) => [
    ['Link', `<${self}/other,one;two>; rel="next", <${hub}>; rel="hub", <${self}>; rel="self"`],
  ],
}

export const claim: Claim = {
  rows: ['DISC-02'],
  level: 'hardening',
  section: '4',
  title: 'A Link header is read however RFC 8288 lets it be written',
  sends: `pings for topics that name themselves with ${Object.keys(spellings).join('; ')}`,
  expects: 'the URL that each names as rel=self',
  presupposes: ['distribution/hands-on-the-advertised-self', 'validation/may-want-the-self-url'],
  async run({ subscribed, publish, topic: fresh, hub }) {
    await Promise.all(
      Object.values(spellings).map(async (linksFor) => {
        const canonical = fresh({ suffix: '/a,b;c' })
        const topic = fresh({ links: linksFor(canonical.url, hub) })
        const { callback } = await subscribed({ topic })
        await publish(topic)
        expectSelf(await callback.delivery(), canonical.url)
      }),
    )
  },
}
