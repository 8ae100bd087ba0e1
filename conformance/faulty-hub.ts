import { once } from 'node:events'
import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDesk } from './faulty-hub/desk.ts'
import type { FaultName } from './faulty-hub/faults.ts'
import type { Inside } from './faulty-hub/inside.ts'
import { quickSettings } from './faulty-hub/settings.ts'
import { createWork } from './faulty-hub/work.ts'

export interface FaultyHub {
  readonly url: string
  readonly aliasUrl: string
  /** Whether it will do nothing more by itself at these sites, as far as it knows now. */
  isIdleFor(sites: readonly string[]): boolean
  close(): Promise<void>
}

/**
 * Starts a small hub in memory, on loopback. It keeps every rule the suite checks but for those that the faults it is given
 * break: by it the suite shows that it can fail.
 */
export async function startHub({
  faults = [],
  settings = {},
}: {
  readonly faults?: readonly FaultName[]
  readonly settings?: Partial<typeof quickSettings>
} = {}): Promise<FaultyHub> {
  const server = createServer({
    keepAliveTimeout: 60_000,
    insecureHTTPParser: faults.includes('reads-requests-in-any-way'),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const aliasUrl = url.replace('127.0.0.1', 'localhost')
  const switched = new Set<string>(faults)
  const inside: Inside = {
    has: (fault) => switched.has(fault),
    settings: { ...quickSettings, ...settings, ownUrl: () => url, aliasUrl: () => aliasUrl },
    agent: new Agent({ keepAlive: true }),
    work: createWork(),
    subscriptions: new Map(),
    appliedNumbers: new Map(),
    gone: new Set(),
    lastAt: new Map(),
    topics: new Map(),
    denialTurn: Promise.resolve(),
    turns: new Map(),
    pingsSpent: new Map(),
    keysUsed: new Set(),
  }
  const desk = createDesk(inside)
  let last = Promise.resolve()
  server.on('request', (request, response) => {
    const act = () => desk(request, response).catch(() => void response.destroy())
    last = inside.has('reads-one-request-at-a-time') ? last.then(act) : act()
  })
  return {
    url,
    aliasUrl,
    isIdleFor: inside.work.isIdleFor,
    async close() {
      const closed = once(server, 'close')
      inside.subscriptions.clear()
      inside.agent.destroy()
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
