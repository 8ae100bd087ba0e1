import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that answers every topic with `content`. */
export async function startPublisher() {
  const state = { content: '' }
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/plain')
    response.end(state.content)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(state, {
    topic: (path: string) => `http://127.0.0.1:${port}${path}`,
    close: () => server.close().closeAllConnections(),
  })
}
