import { headerValue } from '../wire.ts'
import type { Reply } from './call.ts'

/** What a topic says of itself (§4): `Link` headers first; only without any, links in the head of HTML or of a feed. */
export function discover(
  reply: Reply & { readonly url: string },
  topicUrl: string,
): { readonly self: string; readonly hubs: readonly string[] } {
  const inHeader = headerLinks(headerValue(reply.headers, 'Link') ?? '')
  const links = inHeader.some(({ rels }) => rels.includes('hub') || rels.includes('self'))
    ? inHeader
    : elementLinks(reply.body.toString())
  const self = links.find(({ rels }) => rels.includes('self'))
  return {
    self: self === undefined ? topicUrl : new URL(self.target, reply.url).href,
    hubs: links.filter(({ rels }) => rels.includes('hub')).map(({ target }) => target),
  }
}

interface Link {
  readonly target: string
  readonly rels: readonly string[]
}

function headerLinks(value: string): readonly Link[] {
  return [...value.matchAll(/<([^>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:"[^"]*"|[^",;\s]+))*)/g)].map(
    ([, target = '', parameters = '']) => ({
      target,
      rels: relsIn(/;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]+))/i.exec(parameters)),
    }),
  )
}

/** In the head of a page, or before the first entry of a feed. */
function elementLinks(text: string): readonly Link[] {
  const head = text.split(/<body|<entry|<item[\s>]/i)[0] ?? ''
  return [...head.matchAll(/<(?:atom:)?link\b([^>]*)>/gi)].map(([, attributes = '']) => ({
    target: /\bhref\s*=\s*["']([^"']*)["']/i.exec(attributes)?.[1] ?? '',
    rels: relsIn(/\brel\s*=\s*["']([^"']*)["']()/i.exec(attributes)),
  }))
}

function relsIn(match: RegExpExecArray | null): readonly string[] {
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase().split(/\s+/)
}
