import { Parser } from 'htmlparser2'
import { addLink, declaredBase, depthMax, type FoundLink, linksMax, parseInTurns } from './link-elements.ts'

/** A head is at the beginning; who hides links behind half a megabyte of it does not mean them for us. */
const headCharactersMax = 512 * 1024
/** What stands in these is text or not part of the page: browsers take a `noscript` for text too. */
const unreadElements: ReadonlySet<string> = new Set(['title', 'script', 'style', 'noscript', 'template'])
const headElements: ReadonlySet<string> = new Set(['html', 'head', 'meta', 'link', 'base', ...unreadElements])

export interface Page {
  readonly url: string
  /** Whether `<script/>` is closed, as in XML, or the beginning of a script, as in HTML. */
  readonly isXhtml: boolean
}

/**
 * The self and hub `<link>`s in the head of an HTML page. The body holds users' content, and a link there could divert
 * subscribers (DISC-04): reading stops where the head ends, by its tag or by the first element or text that cannot stand
 * in one.
 */
export async function htmlLinks(chunks: Iterable<string>, { url, isXhtml }: Page): Promise<readonly FoundLink[]> {
  const links: FoundLink[] = []
  let base: string | null = null
  let depth = 0
  /** How many elements are open from the outermost unread one on. */
  let unread = 0
  let isDone = false

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (isDone) return
        if (++depth > depthMax) end()
        else if (unread > 0 || unreadElements.has(name)) unread++
        else if (!headElements.has(name)) end()
        else if (name === 'base') base ??= declaredBase(attributes.href, url)
        else if (name === 'link') addLink(links, attributes, () => url)
        if (links.length === linksMax) end()
      },
      ontext(text) {
        if (unread === 0 && /\S/.test(text)) end()
      },
      onclosetag(name) {
        depth--
        if (unread > 0) unread--
        else if (name === 'head' || name === 'html') end()
      },
    },
    { recognizeSelfClosing: isXhtml },
  )
  const end = () => {
    isDone = true
    parser.pause()
  }
  await parseInTurns(parser, upTo(headCharactersMax, chunks), () => isDone)
  return base === null ? links : links.map((link) => ({ ...link, base: base ?? url }))
}

function* upTo(charactersMax: number, chunks: Iterable<string>): Generator<string, void> {
  let left = charactersMax
  for (const chunk of chunks) {
    yield chunk.slice(0, left)
    left -= chunk.length
    if (left <= 0) return
  }
}
