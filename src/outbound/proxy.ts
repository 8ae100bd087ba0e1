import type { Socket } from 'node:net'
import type { Attempt } from './attempt.ts'
import type { Dialled } from './dial.ts'

/** The egress proxy that dials in the hub's place. */
export interface EgressProxy {
  readonly host: string
  readonly port: number
  /** `Proxy-Authorization`, where the proxy's URL has a user. */
  readonly authorization: string | undefined
}

/** @throws {Error} if it is not an http URL. */
export function parseProxy(url: string): EgressProxy {
  const parsed = URL.parse(url)
  if (parsed?.protocol !== 'http:') throw new Error('The egress proxy has to be an http URL such as http://proxy:3128')
  const user = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? 80 : Number(parsed.port),
    authorization: user === ':' ? undefined : `Basic ${Buffer.from(user).toString('base64')}`,
  }
}

const headBytesMax = 16_384

/** Asks the proxy for a tunnel (RFC 9110 §9.3.6). What comes back is the same socket, now the other server's. */
export function openTunnel(socket: Socket, to: string, proxy: EgressProxy, attempt: Attempt): Promise<Dialled> {
  return new Promise((resolve) => {
    let head = ''

    function settle(dialled: Dialled): void {
      socket.off('data', read).off('close', closed).pause()
      attempt.onEnd(undefined)
      if (dialled?.kind !== 'open') socket.destroy()
      resolve(dialled)
    }

    function read(chunk: Buffer): void {
      head += chunk.toString('latin1')
      if (head.includes('\r\n\r\n') || head.length > headBytesMax) settle(judge(head, socket))
    }

    function closed(): void {
      settle(refused('it closed the connection'))
    }

    socket.on('data', read).on('close', closed)
    attempt.onEnd(() => settle(undefined))
    const authorization = proxy.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`
    socket.write(`CONNECT ${to} HTTP/1.1\r\nHost: ${to}\r\n${authorization}\r\n`)
  })
}

function judge(head: string, socket: Socket): Dialled {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]
  if (status?.startsWith('2') && head.endsWith('\r\n\r\n')) return { kind: 'open', socket }
  return refused(status === undefined ? 'its answer is not HTTP' : `it answered ${status}`)
}

function refused(why: string): Dialled {
  return { kind: 'failed', error: new Error(`the egress proxy opens no tunnel: ${why}`) }
}
