import type { TLSSocket } from 'node:tls'

/** Enough for the wire to be busy; each connection holds about twice as much while its other side takes its time. */
const sliceBytes = 64 * 1024

type Chunk = string | Uint8Array
type Written = (error?: Error | null) => void

/**
 * Has what is long encrypted piece by piece, each when the one before has gone. TLS would encrypt all of it at once: a content on
 * its way to a hundred slow callbacks would be in memory a hundred times. A socket without TLS sends from where the bytes lie.
 */
export function writeInSlices(socket: TLSSocket): void {
  const write = socket._write.bind(socket)
  const writeTogether = socket._writev?.bind(socket)

  function writeLong(chunk: Chunk, encoding: BufferEncoding, written: Written): void {
    const [first, rest] = split(chunk)
    write(first, encoding, (error) => {
      if (error || rest === null) written(error)
      // In a microtask, or what the other side takes at once would be written deeper and deeper down one call stack.
      else queueMicrotask(() => writeLong(rest, encoding, written))
    })
  }

  function writeEach([first, ...others]: readonly Piece[], written: Written): void {
    if (first === undefined) written()
    else writeLong(first.chunk, first.encoding, (error) => (error ? written(error) : writeEach(others, written)))
  }

  socket._write = writeLong
  socket._writev = (pieces: Piece[], written: Written) => {
    const isShort = pieces.every(({ chunk }) => chunk.length <= sliceBytes)
    if (isShort && writeTogether !== undefined) writeTogether(pieces, written)
    else writeEach(pieces, written)
  }
}

function split(chunk: Chunk): readonly [first: Chunk, rest: Chunk | null] {
  if (typeof chunk === 'string' || chunk.length <= sliceBytes) return [chunk, null]
  return [chunk.subarray(0, sliceBytes), chunk.subarray(sliceBytes)]
}

/** One of several writes that waited together. */
interface Piece {
  readonly chunk: Chunk
  readonly encoding: BufferEncoding
}
