import { createServer, type Socket } from 'node:net'
import { parentPort } from 'node:worker_threads'

/** Speaks just enough HTTP to echo challenges and take deliveries of known length. */
const expected = { deliveries: 0, challenges: 0 }

const server = createServer((socket) => {
  let pending: Buffer = Buffer.alloc(0)
  socket.setNoDelay(true)
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    for (let rest = take(socket, pending); rest !== null; rest = take(socket, pending)) pending = rest
  })
}).listen(0, '127.0.0.1', () => {
  const address = server.address()
  parentPort?.postMessage({ port: typeof address === 'object' ? address?.port : 0 })
})

parentPort?.on('message', ({ kind, count }: { kind: 'deliveries' | 'challenges'; count: number }) => {
  expected[kind] = count
})

/** Answers the first whole request; what is left of the bytes, or null where none is whole. */
function take(socket: Socket, bytes: Buffer): Buffer | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return null
  const head = bytes.toString('latin1', 0, end)
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
  if (bytes.length < end + 4 + length) return null
  const challenge = /hub\.challenge=([\w-]+)/.exec(head)?.[1]
  if (challenge === undefined) {
    socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    count('deliveries')
  } else {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${challenge.length}\r\n\r\n${challenge}`)
    count('challenges')
  }
  return bytes.subarray(end + 4 + length)
}

function count(kind: 'deliveries' | 'challenges'): void {
  if (--expected[kind] === 0) parentPort?.postMessage({ kind, atMs: performance.timeOrigin + performance.now() })
}
