import type { Entry, Feed, Piece } from './document.ts'
import type { Version } from './merge.ts'

/**
 * A feed with some of its entries alone, and with `moved` of other publications behind its own last one. Every byte is one
 * of theirs, at its place; only JSON's commas between entries are put anew. Notices of deletions stay.
 */
export function cut(feed: Feed, kept: ReadonlySet<Entry>, moved: readonly Version[]): Buffer {
  const stays = (entry: Entry) => entry.isNotice || kept.has(entry)
  return Buffer.concat([feed.mark, ...(feed.dialect === 'json' ? cutJson : cutXml)(feed, stays, moved)])
}

function cutXml(feed: Feed, stays: (entry: Entry) => boolean, moved: readonly Version[]): readonly Buffer[] {
  const edits: Edit[] = feed.entries
    .filter((entry) => !stays(entry))
    .flatMap(({ piece, listed }) => [piece, ...listed])
    .map(({ lead, end }) => ({ from: lead, to: end, put: [] }))
  const { listEnd } = feed
  const listed = moved.flatMap(({ entry, feed: { body } }) => entry.listed.map((piece) => bytesOf(piece, body)))
  if (listEnd !== null) edits.push({ from: listEnd, to: listEnd, put: listed })
  const end = entriesEnd(feed)
  edits.push({ from: end, to: end, put: moved.map(({ entry, feed: { body } }) => bytesOf(entry.piece, body)) })
  return edited(feed.body, edits)
}

function cutJson(feed: Feed, stays: (entry: Entry) => boolean, moved: readonly Version[]): readonly Buffer[] {
  const own = feed.entries.filter(stays).map(({ piece }) => bytesOf(piece, feed.body))
  const others = moved.map(({ entry, feed: { body } }) => bytesOf(entry.piece, body))
  const items = [...own, ...others].flatMap((item, index) => (index === 0 ? [item] : [comma, item]))
  const from = feed.entries[0]?.piece.lead ?? 0
  return edited(feed.body, [{ from, to: entriesEnd(feed), put: items }])
}

const comma = Buffer.from(',')

/** Bytes taken out of a document, and others put there. */
interface Edit {
  readonly from: number
  readonly to: number
  readonly put: readonly Buffer[]
}

function edited(body: Buffer, edits: readonly Edit[]): readonly Buffer[] {
  const parts: Buffer[] = []
  let at = 0
  for (const { from, to, put } of edits.toSorted((one, other) => one.from - other.from || one.to - other.to)) {
    parts.push(body.subarray(at, from), ...put)
    at = to
  }
  return [...parts, body.subarray(at)]
}

function entriesEnd({ entries }: Feed): number {
  return entries.at(-1)?.piece.end ?? 0
}

function bytesOf({ lead, end }: Piece, body: Buffer): Buffer {
  return body.subarray(lead, end)
}
