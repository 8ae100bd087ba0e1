/** Content as it was published: its bytes and the Content-Type it came with. */
export interface Document {
  readonly body: Buffer
  readonly contentType: string
}

/** Bytes of a document, from `start` up to `end`; the white space before them begins at `lead` and goes where they go. */
export interface Piece {
  readonly lead: number
  readonly start: number
  readonly end: number
}

/** An entry of a feed, or the notice that one was deleted (RFC 6721). */
export interface Entry {
  /** What stays the same when the entry is edited: text in the document's own bytes, one character a byte. */
  readonly identity: string
  /** An `at:deleted-entry`; its identity is that of the entry it speaks of. */
  readonly isNotice: boolean
  /** Of its bytes. */
  readonly hash: string
  readonly piece: Piece
  /** Where RSS 1.0 lists it in the channel. */
  readonly listed: readonly Piece[]
}

/** A feed that can be cut. */
export interface Feed {
  readonly kind: 'feed'
  readonly dialect: 'atom' | 'rss' | 'rdf' | 'json'
  /** Its byte order mark, or nothing; every position is counted from behind it. */
  readonly mark: Buffer
  readonly body: Buffer
  /**
   * All that gives an entry's bytes their meaning and stands outside of it: dialect, encoding, namespaces, `xml:base`,
   * `xml:lang`, authors. An entry is moved only between feeds where this is equal.
   */
  readonly scope: string
  /** In the document's order; at least one. */
  readonly entries: readonly Entry[]
  /** Where RSS 1.0's list may go on; null: there is none. */
  readonly listEnd: number | null
}

/** A document that is not to be cut, and why. */
export interface Whole {
  readonly kind: 'whole'
  /** A sentence. */
  readonly why: string
}

export function whole(why: string): Whole {
  return { kind: 'whole', why }
}
