import { createHash } from 'node:crypto'
import type { Entry, Feed, Piece } from './document.ts'

/** What entries are found in. */
export interface Source extends Pick<Feed, 'mark' | 'body'> {
  /** The body, one character a byte. */
  readonly text: string
  readonly encoding: string
}

/** Where something stands in a source. */
export interface Place {
  readonly start: number
  readonly end: number
}

export function entryAt(place: Place, identity: string, source: Source): Entry {
  return { identity, isNotice: false, hash: hashAt(place, source), piece: pieceAt(place, source), listed: [] }
}

export function pieceAt({ start, end }: Place, { text }: Source): Piece {
  let lead = start
  while (isSpace(text.charCodeAt(lead - 1))) lead--
  return { lead, start, end }
}

export function hashAt({ start, end }: Place, { body }: Source): string {
  return createHash('sha256').update(body.subarray(start, end)).digest('base64')
}

/** White space of XML and of JSON, and no other: what is a no-break space in one encoding is half a letter in another. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}
