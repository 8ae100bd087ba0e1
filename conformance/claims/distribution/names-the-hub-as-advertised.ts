import { type Claim, expect } from '../../claim.ts'
import type { Context } from '../../context.ts'
import { targetsTo } from '../../link-header.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['DIST-10'],
  level: 'compat',
  section: '7',
  title: 'rel=hub in a delivery is the very string by which the topic names the hub',
  sends: 'a topic that names the hub by its URL with scheme and host in upper case, or without its only slash',
  expects: 'rel=hub with the same string: subscribers compare it with the one they discovered',
  presupposes: ['distribution/names-the-hub'],
  async run(context) {
    await Promise.all(spellings(context.hub).map((spelling) => expectNamed(context, spelling)))
  },
}

/** Other strings for the same URL (RFC 3986 §6.2.2, §6.2.3). */
function spellings(hub: string): readonly string[] {
  const { protocol, host, pathname, search } = new URL(hub)
  const shouted = `${protocol.toUpperCase()}//${host.toUpperCase()}${pathname}${search}`
  if (pathname !== '/' || search !== '') return [shouted]
  return [shouted, hub.endsWith('/') ? hub.slice(0, -1) : `${hub}/`]
}

async function expectNamed({ subscribed, publish }: Context, spelling: string): Promise<void> {
  const { topic, callback } = await subscribed()
  topic.headers = [
    ['Content-Type', 'text/html; charset=UTF-8'],
    ['Link', `<${spelling}>; rel="hub", <${topic.url}>; rel="self"`],
  ]
  await publish(topic)
  const delivery = await callback.delivery()
  const [first] = targetsTo('hub', delivery.headers)
  expect(
    first === spelling,
    {
      expected: `a link to ${spelling} with rel=hub, before any other hub`,
      found: `Link: ${headerValue(delivery.headers, 'Link') ?? 'none'}`,
    },
    delivery,
  )
}
