import { expectSelf } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['DISC-01'],
  level: 'MUST*',
  section: '4, 7',
  title: 'A page without Link header names itself by <link> in its head',
  sends: 'a ping for a page without Link header whose head has <link rel="self"> and <link rel="hub">',
  expects: 'that URL as rel=self in the delivery',
  presupposes: [
    'distribution/names-the-topic',
    'distribution/hands-on-the-advertised-self',
    'validation/may-want-its-own-link',
  ],
  async run({ subscribed, publish, topic: fresh, hub }) {
    const canonical = fresh()
    const topic = fresh({ links: [] })
    const { callback } = await subscribed({ topic })
    const links = `<link rel="hub" href="${hub}"><link rel="self" href="${canonical.url}">`
    await publish(topic, `<!doctype html><head><title>A topic</title>${links}</head><p>New.`)
    expectSelf(await callback.delivery(), canonical.url)
  },
}
