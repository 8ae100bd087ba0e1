import { selectAll } from 'css-select'
import { DomHandler, Parser } from 'htmlparser2'
import type { Place } from '../feeds/source.ts'

/**
 * Where the elements that a CSS selector matches stand in a page, in its order, each with its tags. One inside another that
 * matches is part of that and does not come twice. An element that the page does not close ends where HTML ends it.
 */
export function markupPlaces(
  { text, tree, kind }: { readonly text: string; readonly tree: MarkupTree; readonly kind: 'html' | 'xml' },
  selector: string,
): readonly Place[] {
  const places: Place[] = []
  for (const { startIndex, endIndex } of selectAll(selector, tree, { xmlMode: kind === 'xml' })) {
    const place = { start: tagAt(text, startIndex), end: (endIndex ?? 0) + 1 }
    if (place.start >= (places.at(-1)?.end ?? 0)) places.push(place)
  }
  return places
}

/** A page's elements, each with where it stands. */
export type MarkupTree = DomHandler['root']

export function markupTree(text: string, { isXml }: { readonly isXml: boolean }): MarkupTree {
  let isImplied = false
  let isOver = false
  const handler = new DomHandler(undefined, { withStartIndices: true, withEndIndices: true }, (element) => {
    if (isOver) element.endIndex = text.length - 1
    else if (!isImplied) element.endIndex = text.indexOf('>', parser.endIndex)
    // What ended it without a tag of its own, the next tag for instance, is no part of it, whatever the handler believes.
    else if (element.startIndex !== parser.startIndex) element.endIndex = tagAt(text, parser.startIndex) - 1
  })
  const parser = new Parser(
    Object.assign(handler, {
      onclosetag(_: string, implied: boolean) {
        isImplied = implied
        DomHandler.prototype.onclosetag.call(handler)
      },
    }),
    { xmlMode: isXml },
  )
  parser.write(text)
  isOver = true
  parser.end()
  return handler.root
}

/** Where the parser's next tag begins: after a closing tag with white space in it, it takes the rest of that for its beginning. */
function tagAt(text: string, from: number | null): number {
  return text.indexOf('<', from ?? 0)
}
