import { call } from './call.ts'
import type { Content, Inside } from './inside.ts'

/**
 * What somebody lacks who has had `had`: a feed without the entries that were in there and are as they were. Only Atom and RSS
 * are reduced (§7), and nothing that cannot be read for certain.
 *
 * @returns undefined where nothing is new
 */
export function reduce(inside: Inside, content: Content, had: Content | undefined): Content | undefined {
  const { has, settings } = inside
  if (has('loses-new-entries')) return withoutFirst(content, inside)
  if (settings.feeds !== 'new entries' || has('never-reduces')) return content
  if (had === undefined) return has('rewrites-the-first-delivery') ? rewritten(content) : content
  if (has('reads-external-entities')) readEntities(inside, content)
  const [now, before] = [readFeed(textOf(content), inside), readFeed(textOf(had), inside)]
  if (now === undefined || before === undefined) {
    if (has('reduces-other-formats')) return changed(content, had)
    return has('expands-entities') ? expanded(content) : content
  }
  const known = new Set(before.entries.map((entry) => keyOf(entry, inside)))
  const old = now.entries.filter((entry) => known.has(keyOf(entry, inside)))
  if (old.length === now.entries.length && !has('delivers-what-was-only-moved')) return undefined
  return cut(content, old, inside)
}

interface Feed {
  readonly entries: readonly Entry[]
}

interface Entry {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly id: string
}

/** One character a byte: what is kept stays as it was, whatever its encoding. */
function textOf({ body }: Content): string {
  return body.toString('latin1')
}

function keyOf({ id, text }: Entry, { has }: Inside): string {
  return has('knows-entries-by-id-alone') ? id : `${id} ${text}`
}

/** Undefined: no Atom and no RSS, or not to be relied on. */
function readFeed(text: string, inside: Inside): Feed | undefined {
  if (/<!DOCTYPE/i.test(text) && !inside.has('reduces-what-it-cannot-read')) return undefined
  const entries: Entry[] = []
  const path: { readonly name: string; readonly start: number }[] = []
  let root = ''
  let read = 0
  for (const tag of text.matchAll(markup)) {
    if (text.slice(read, tag.index).includes('<')) return whatWasRead(entries, inside)
    read = tag.index + tag[0].length
    const [, closing, name = '', , alone] = tag
    if (name === '') continue
    root ||= name
    if (closing === undefined) path.push({ name, start: tag.index })
    if (closing === undefined && alone === undefined) continue
    const opened = path.pop()
    if (opened?.name !== name) return whatWasRead(entries, inside)
    if (isEntry(name, path.length, root)) entries.push(entryAt(text, opened.start, read))
  }
  const sound = path.length === 0 && /^(feed|rss|rdf:RDF)$/.test(root) && entries.every(({ id }) => id !== '')
  return sound ? { entries } : whatWasRead(entries, inside)
}

function whatWasRead(entries: readonly Entry[], { has }: Inside): Feed | undefined {
  return has('reduces-what-it-cannot-read') && entries.length > 0 ? { entries } : undefined
}

const attribute = String.raw`\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')`
const markup = new RegExp(
  String.raw`<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<!DOCTYPE[^[>]*(?:\[[^\]]*\]\s*)?>|<\?[\s\S]*?\?>|<(\/)?([\w:.-]+)((?:${attribute})*)\s*(\/)?>`,
  'gi',
)

function isEntry(name: string, depth: number, root: string): boolean {
  if (name === 'entry') return root === 'feed' && depth === 1
  return name === 'item' && depth === (root === 'rss' ? 2 : 1)
}

function entryAt(text: string, start: number, end: number): Entry {
  const own = text.slice(start, end)
  const id =
    /^<item\s[^>]*rdf:about="([^"]*)"/.exec(own) ??
    /<(?:id|guid)\b[^>]*>([^<]*)</.exec(own) ??
    /<link>([^<]*)</.exec(own)
  return { start, end, text: own, id: id?.[1] ?? '' }
}

function cut(content: Content, old: readonly Entry[], inside: Inside): Content {
  const { has } = inside
  const kept = old.reduceRight(
    (rest, { start, end }) => rest.slice(0, start).trimEnd() + rest.slice(end),
    textOf(content),
  )
  const body = Buffer.from(spoilt(has('keeps-every-rdf-li') ? kept : unlisted(kept, old), inside), 'latin1')
  return {
    ...content,
    type: has('forces-feed-types') ? 'application/atom+xml' : content.type,
    body,
    whole: content.body,
  }
}

/** RSS 1.0 lists its items a second time, in its channel. */
function unlisted(text: string, old: readonly Entry[]): string {
  const ids = new Set(old.map(({ id }) => id))
  return text.replace(/\s*<rdf:li\s+rdf:resource="([^"]*)"\s*\/>/g, (line, id) => (ids.has(id) ? '' : line))
}

function spoilt(text: string, { has }: Inside): string {
  if (has('drops-the-envelope')) return text.replace(/<title>[^<]*<\/title>/, '')
  if (has('drops-tombstones')) return text.replace(/<at:deleted-entry[^>]*>/, '')
  return has('rewrites-what-it-cuts') ? text.replaceAll("'", '"') : text
}

function withoutFirst(content: Content, inside: Inside): Content {
  const [first, ...more] = readFeed(textOf(content), inside)?.entries ?? []
  return first === undefined || more.length < 2 ? content : cut(content, [first], inside)
}

function rewritten(content: Content): Content {
  return { ...content, body: Buffer.from(textOf(content).replaceAll(/>\s+</g, '><'), 'latin1') }
}

/** What follows after all that is as it was. */
function changed(content: Content, had: Content): Content {
  const from = content.body.findIndex((byte, at) => byte !== had.body[at])
  return { ...content, body: content.body.subarray(Math.max(from, 0)) }
}

function expanded(content: Content): Content {
  return { ...content, body: Buffer.from(textOf(content).replaceAll('&a;', 'word '.repeat(500)), 'latin1') }
}

function readEntities({ agent, clock }: Inside, content: Content): void {
  for (const [, url = ''] of textOf(content).matchAll(/SYSTEM\s+"(http[^"]*)"/g)) {
    void call({ method: 'GET', url, timeoutMs: 1000, bytesMax: 4096, agent, clock })
  }
}
