import { expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DISC-04'],
  level: 'hardening',
  section: '4, 8.1',
  title: 'A <link> in the body of a page counts for nothing: what users write must not divert subscribers',
  sends: 'a ping for a page without Link header that has <link rel="self"> in its body alone',
  expects: 'the URL that was subscribed to as rel=self',
  presupposes: ['discovery/reads-links-in-html'],
  async run({ subscribed, publish, topic: fresh }) {
    const [topic, other] = [fresh({ links: [] }), fresh()]
    const { callback } = await subscribed({ topic })
    const body = `<body><p>A comment: <link rel="self" href="${other.url}"></body>`
    await publish(topic, `<!doctype html><html><head><title>A topic</title></head>${body}</html>`)
    expectSelf(await callback.delivery(), topic.url)
  },
}
