/** What a feed's entry says, whatever dialect it is written in. */
export interface Item {
  /** The entry's own where it has one, else the best that tells it from others. Never empty. */
  readonly id: string
  readonly title: string | null
  /** Where it can be read. */
  readonly url: string | null
  readonly links: readonly ItemLink[]
  readonly publishedAt: Date | null
  readonly updatedAt: Date | null
  /** Markup of HTML, or plain text: feeds do not tell them apart reliably. */
  readonly summary: string | null
  readonly content: string | null
  readonly author: ItemAuthor | null
  readonly categories: readonly string[]
  readonly language: string | null
  /** Where it was taken from (Atom and RSS `source`). */
  readonly source: { readonly title: string | null; readonly url: string | null } | null
  readonly place: { readonly latitude: number; readonly longitude: number } | null
}

export interface ItemLink {
  /** `alternate` unless the feed says otherwise. */
  readonly rel: string
  readonly href: string
  readonly type: string | null
  readonly title: string | null
}

export interface ItemAuthor {
  readonly name: string | null
  readonly url: string | null
  readonly email: string | null
}

/** A feed as a reader sees it: of no document but a feed there is one. */
export interface ItemFeed {
  readonly id: string | null
  readonly title: string | null
  readonly url: string | null
  readonly links: readonly ItemLink[]
  readonly updatedAt: Date | null
  readonly language: string | null
  /** In the document's order. */
  readonly items: readonly Item[]
}

/** An instant as feeds write it (RFC 822, RFC 3339, and what comes near); null where it is none. */
export function instantOf(text: string | null): Date | null {
  const at = new Date(text ?? '')
  return Number.isNaN(at.getTime()) ? null : at
}

/** A link as the feed means it, resolved; null where it is none that can be followed. */
export function resolvedUrl(href: string | null, base: string): string | null {
  return href === null || href.trim() === '' ? null : (URL.parse(href.trim(), base)?.href ?? null)
}
