import { type Header, headerLines } from './wire.ts'

/** One link of a `Link` header field. */
export interface Link {
  readonly target: string
  /** Relation types, in lower case. */
  readonly rels: readonly string[]
}

/** Every link of every `Link` line, in order (RFC 8288 §3): parameters quoted or not, further ones passed by. */
export function linksIn(headers: readonly Header[]): readonly Link[] {
  return headerLines(headers, 'Link').flatMap((line) => [...line.matchAll(link)].map(linkOf))
}

/** A target in angle brackets, then its parameters, as far as they have a form. */
const link = /<([^>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"(?:[^"\\]|\\.)*"|[^",;\s]*))?)*)/g

function linkOf([, target = '', parameters = '']: RegExpExecArray): Link {
  const [, quoted, bare = ''] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]*))/i.exec(parameters) ?? []
  return { target: target.trim(), rels: (quoted ?? bare).toLowerCase().split(/\s+/) }
}

/** The targets of one relation type. */
export function targetsOf(
  { headers }: { readonly headers: readonly Header[] },
  rel: 'self' | 'hub',
): readonly string[] {
  return linksIn(headers)
    .filter(({ rels }) => rels.includes(rel))
    .map(({ target }) => target)
}
