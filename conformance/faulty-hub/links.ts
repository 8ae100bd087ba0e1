import { type Header, headerLines, headerValue } from '../wire.ts'
import type { Reply } from './call.ts'
import type { Has } from './faults.ts'

/** What a topic says of itself. */
export interface Discovered {
  readonly self: string
  /** All that it names, of which the first counts. */
  readonly selves: readonly string[]
  readonly hubs: readonly string[]
}

/** `Link` headers first; only without any, links in the head of HTML or of a feed (§4). */
export function discover(reply: Reply & { readonly url: string }, topicUrl: string, has: Has): Discovered {
  const inHeader = headerLinks(reply.headers, has).filter(isOfUse)
  const inDocument = documentLinks(reply, has).filter(isOfUse)
  const [first, second] = has('reads-elements-before-headers') ? [inDocument, inHeader] : [inHeader, inDocument]
  const links = first.length > 0 ? first : second
  const base = has('resolves-against-the-topic') ? topicUrl : reply.url
  const isLeft = (target: string) => has('leaves-relative-links') && !/^https?:/.test(target)
  const absolute = (target: string) => (isLeft(target) ? target : (URL.parse(target, base)?.href ?? target))
  const selves = links.filter(({ rels }) => rels.includes('self')).map(({ target }) => absolute(target))
  const hubs = links.filter(({ rels }) => rels.includes('hub')).map(({ target }) => target)
  return { self: selves[0] ?? topicUrl, selves, hubs }
}

interface Link {
  readonly target: string
  readonly rels: readonly string[]
}

function isOfUse({ rels }: Link): boolean {
  return rels.includes('hub') || rels.includes('self')
}

const anySpelling = /<([^>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:"[^"]*"|[^",;\s]+))*)/g
const oneSpelling = /<([^>]*)>(; rel="[a-z]+")(?=,|$)/g

function headerLinks(headers: readonly Header[], has: Has): readonly Link[] {
  const lines = headerLines(headers, 'Link').flatMap((line) =>
    has('splits-links-at-commas') ? line.split(',') : [line],
  )
  const spelling = has('reads-one-spelling-of-links') ? oneSpelling : anySpelling
  return lines
    .flatMap((line) => [...line.matchAll(spelling)])
    .map(([, target = '', parameters = '']) => ({
      target,
      rels: relsIn(/;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]+))/i.exec(parameters)),
    }))
}

function documentLinks({ headers, body }: Reply, has: Has): readonly Link[] {
  const type = headerValue(headers, 'Content-Type') ?? ''
  const text = body.toString()
  if (/json/.test(type)) return has('reads-no-json-feeds') ? [] : jsonLinks(text)
  if (/html/.test(type)) {
    return has('reads-no-links-in-html') ? [] : elementLinks(has('reads-the-body') ? text : before(/<body/i, text), has)
  }
  if (has('reads-no-links-in-feeds')) return []
  return elementLinks(has('reads-entries') ? text : before(/<entry|<item[\s>]/i, text), has)
}

function before(end: RegExp, text: string): string {
  return text.split(end)[0] ?? ''
}

/** Their targets resolved against `<base href>` or `xml:base`, where there is one. */
function elementLinks(text: string, has: Has): readonly Link[] {
  const base = /<base\s+href="([^"]*)"|\sxml:base="([^"]*)"/i.exec(text)
  const url = has('ignores-base-urls') ? '' : (base?.[1] ?? base?.[2] ?? '')
  return [...text.matchAll(/<(?:atom:)?link\b([^>]*)>/gi)].map(([, attributes = '']) => {
    const target = /\bhref\s*=\s*["']([^"']*)["']/i.exec(attributes)?.[1] ?? ''
    const rels = relsIn(/\brel\s*=\s*["']([^"']*)["']()/i.exec(attributes))
    return { target: URL.parse(target, url)?.href ?? target, rels }
  })
}

/** JSON Feed 1.1. */
function jsonLinks(text: string): readonly Link[] {
  const [, self] = /"feed_url":"([^"]*)"/.exec(text) ?? []
  return self === undefined ? [] : [{ target: self, rels: ['self'] }]
}

function relsIn(match: RegExpExecArray | null): readonly string[] {
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase().split(/\s+/)
}
