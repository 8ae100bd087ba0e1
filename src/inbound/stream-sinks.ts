import type { ServerResponse } from 'node:http'
import type { WebSocket } from 'ws'
import { linkHeader } from '../discovery/link-header.ts'
import { type Gap, gapJson, unfetchedJson, unfetchedSentence } from '../streams/frames.ts'
import type { Sink } from '../streams/reader.ts'

/** Server-Sent Events (HTML Standard §9.2): the number is the id, with which an EventSource comes back. */
export function eventSink(outgoing: ServerResponse): Sink {
  return {
    form: 'json',
    notify: ({ number }, frame) =>
      new Promise((resolve) => {
        outgoing.cork()
        outgoing.write(`event: notification\nid: ${number}\ndata: `)
        outgoing.write(frame)
        outgoing.write('\n\n', () => resolve()) // Also called where the connection ends first.
        outgoing.uncork()
      }),
    // Not called `error`, which is how an EventSource tells of its connection.
    unfetched: () => void outgoing.write(`event: unfetched\ndata: ${unfetchedJson()}\n\n`),
    // Without an id: where the reader stands is told by the notification that follows.
    gap: (gap) => void outgoing.write(`event: gap\ndata: ${gapJson(gap)}\n\n`),
    beat: () => void outgoing.write(':\n\n'),
    end: () => void outgoing.end(),
    cut: () => void outgoing.destroy(),
  }
}

/** The same lines of JSON, a text message each. */
export function socketSink(socket: WebSocket): Sink {
  let answered = true
  socket.on('pong', () => {
    answered = true
  })
  return {
    form: 'json',
    notify: (_, frame) => new Promise((resolve) => socket.send(frame, { binary: false }, () => resolve())),
    gap: (gap) => socket.send(gapJson(gap)),
    unfetched: () => socket.send(unfetchedJson()),
    beat() {
      if (!answered) return socket.terminate()
      answered = false
      socket.ping()
    },
    end: () => socket.close(1001, 'Come again.'),
    cut: () => socket.terminate(),
  }
}

/** A long poll: one publication as it is, or 204 when the wait is over. Its number says where to go on in either case. */
export function pollSink(
  outgoing: ServerResponse,
  { through, waitMs, headers }: { readonly through: number; readonly waitMs: number; readonly headers: Headers },
): Sink {
  let missing: Gap | null = null
  let unfetched: Headers = {}
  const wait = setTimeout(nothing, waitMs)
  outgoing.once('close', () => clearTimeout(wait))

  function nothing(): void {
    if (outgoing.headersSent) return
    outgoing.writeHead(204, { ...headers, ...unfetched, 'Fanfare-Number': String(through) })
    outgoing.end()
  }

  return {
    form: 'bytes',
    notify({ number, contentType, selfUrl, hubUrls }, frame) {
      const closed = new Promise<void>((resolve) => void outgoing.once('close', resolve))
      if (outgoing.headersSent) return closed
      outgoing.writeHead(200, {
        ...headers,
        'Content-Type': contentType,
        'Content-Length': frame.length,
        Link: linkHeader({ self: selfUrl, hubs: hubUrls }),
        'Fanfare-Number': String(number),
        ...(missing === null ? {} : { 'Fanfare-Gap': gapJson(missing) }),
        // Somebody else's page must not run as one of this hub's.
        'Content-Security-Policy': "sandbox; default-src 'none'",
      })
      outgoing.end(frame)
      return closed
    },
    gap(gap) {
      missing = gap
    },
    unfetched() {
      unfetched = { 'Fanfare-Unfetched': unfetchedSentence }
    },
    beat: () => {},
    end: nothing,
    cut: () => void outgoing.destroy(),
  }
}

type Headers = Readonly<Record<string, string>>
