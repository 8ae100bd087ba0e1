import { Parser } from 'htmlparser2'
import { type FoundLink, linkOf } from './link-elements.ts'

/** A head is at the beginning; who hides links behind half a megabyte of it does not mean them for us. */
const headCharactersMax = 512 * 1024
const headElements: ReadonlySet<string> = new Set([
  ...['html', 'head', 'title', 'meta', 'link', 'base', 'script', 'style', 'noscript', 'template'],
])

/**
 * The `<link>`s in the head of an HTML page. The body holds users' content, and a link there could divert subscribers
 * (DISC-04): reading stops where the head ends, by its tag or by the first element that cannot stand in one.
 */
export function htmlLinks(text: string, url: string): readonly FoundLink[] {
  const links: FoundLink[] = []
  let base: string | null = null
  let ended = false
  let inTemplate = 0

  const parser = new Parser({
    onopentag(name, attributes) {
      if (ended) return
      if (!headElements.has(name)) {
        ended = true
        parser.pause()
      } else if (name === 'template') inTemplate++
      else if (inTemplate > 0) return
      else if (name === 'base') base ??= URL.parse(attributes.href ?? '', url)?.href ?? null
      else if (name === 'link') links.push(linkOf(attributes, url))
    },
    onclosetag(name) {
      if (name === 'template') inTemplate--
      if (name === 'head') ended = true
    },
  })
  const head = text.slice(0, headCharactersMax)
  for (let at = 0; at < head.length && !ended; at += chunkCharacters) parser.write(head.slice(at, at + chunkCharacters))
  return base === null ? links : links.map((link) => ({ ...link, base: base ?? url }))
}

const chunkCharacters = 16 * 1024
