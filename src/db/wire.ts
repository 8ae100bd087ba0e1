import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import type { Wire } from '../work/ring.ts'
import type { Db } from './schema.ts'

/**
 * LISTEN on a connection of its own, opened again whenever it is lost; NOTIFY through the pool. What is notified while
 * the connection is away is missed: those who listen must find their work without it too.
 */
export function createWire(url: string, db: Db): Wire {
  return {
    async listen(channel, onNotification) {
      const stop = new AbortController()
      let client = await connect(url, channel, onNotification)

      async function keepConnected(): Promise<void> {
        while (!stop.signal.aborted) {
          await ended(client, stop.signal)
          client = await reconnect(stop.signal)
        }
        await client.end()
      }

      async function reconnect(signal: AbortSignal): Promise<pg.Client> {
        while (!signal.aborted) {
          const connected = await connect(url, channel, onNotification).catch(() => null)
          if (connected !== null) return connected
          await sleep(reconnectMs, null, { signal }).catch(() => {})
        }
        return client
      }

      const connected = keepConnected()
      return {
        async close() {
          stop.abort()
          await connected
        },
      }
    },
    async notify(channel, payload) {
      await sql`select pg_notify(${channel}, ${payload})`.execute(db)
    },
  }
}

const reconnectMs = 500

async function connect(url: string, channel: string, onNotification: (payload: string) => void): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'fanfare listening',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  })
  client.on('notification', ({ payload = '' }) => onNotification(payload))
  client.on('error', () => {}) // Followed by 'end', which is what counts.
  try {
    await client.connect()
    await client.query(`listen ${pg.escapeIdentifier(channel)}`)
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}

function ended(client: pg.Client, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    client.once('end', resolve)
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
