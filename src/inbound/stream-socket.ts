import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Events } from '../events.ts'
import { answerTo } from './answers.ts'
import { arrivalOf, clientAddressBehind } from './client-address.ts'
import { streamPaths } from './hub-paths.ts'
import { refuseSeveralHosts, refuseStrangers } from './own-hosts.ts'
import type { Upgrades } from './server.ts'
import { openStream, requestOf, type StreamParts } from './stream.ts'
import { refuseForeignPages } from './stream-origins.ts'
import { socketSink } from './stream-sinks.ts'

export interface SocketParts extends StreamParts {
  readonly events: Events
}

/** How long Postgres may take to begin a stream. */
const patienceMs = 10_000

/** Clients have nothing to say here. */
const messageBytesMax = 1024

/** `GET /stream` as a WebSocket (RFC 6455): the same topics, by the same rules. */
export function streamSockets(parts: SocketParts): Upgrades {
  const { config, events } = parts
  const clientAddress = clientAddressBehind(config.TRUSTED_PROXIES)
  const isStreamPath = streamPaths(config)
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: messageBytesMax,
  })

  async function upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const client = clientAddress(arrivalOf(incoming))
    const beganMs = performance.now()
    const answered = (status: number) =>
      events.requestAnswered({ route: 'stream', status, ms: performance.now() - beganMs })
    try {
      refuseSeveralHosts(incoming)
      refuseStrangers(incoming, config)
      refuseForeignPages(incoming, config)
      const stream = await openStream(requestOf(incoming, config), parts, { client, patienceMs })
      socket.once('close', stream.close)
      if (socket.destroyed) stream.close()
      else
        sockets.handleUpgrade(incoming, socket, head, (opened) => {
          opened.on('error', () => {}) // Followed by the socket's end, which is what counts.
          stream.start(socketSink(opened))
          answered(101)
        })
    } catch (error) {
      const answer = answerTo(error, { path: pathOf(incoming), client, events })
      answered(answer.status)
      socket.end(await onTheWire(answer), () => socket.destroy())
    }
  }

  return {
    accepts: (incoming) =>
      incoming.method === 'GET' &&
      incoming.headers.upgrade?.toLowerCase() === 'websocket' &&
      isStreamPath(pathOf(incoming)),
    upgrade(incoming, socket, head) {
      socket.on('error', () => {}) // It went away; its end tells.
      void upgrade(incoming, socket, head)
    },
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.replace(/\?.*$/s, '')
}

/** An answer where no app writes it. */
async function onTheWire(answer: Response): Promise<string> {
  const body = await answer.text()
  const fields = [...answer.headers].map(([name, value]) => `${name}: ${value}`)
  return [
    `HTTP/1.1 ${answer.status} Refused`,
    ...fields,
    'X-Content-Type-Options: nosniff',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
