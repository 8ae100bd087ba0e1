import type { TestContext } from 'node:test'
import { databaseTime } from '../../src/db/clock.ts'
import { parsePattern } from '../../src/keys/pattern.ts'
import { createKey, revokeKey } from '../../src/keys/store.ts'
import { testDatabase } from '../support/postgres.ts'
import { type Inbound, type Setup, startInbound } from './setup.ts'

export const topic = 'https://publisher.example/events/1'
export const self = `<${topic}>; rel="self"`
export const json = { 'Content-Type': 'application/json', Link: self }

/** The doors with a key for everything beneath /events/, and what posts content to them. */
export async function withKey(t: TestContext, setup: Setup = {}) {
  const database = await testDatabase(t)
  const { db } = database
  const now = await databaseTime(db)
  const pattern = parsePattern('https://publisher.example/events/*', '--topic')
  const { id, secret } = await createKey(db, { pattern, delivery: null, now })
  const inbound: Inbound = await startInbound(t, { ...setup, database })
  async function post(body: Body, headers: Readonly<Record<string, string>>, query = ''): Promise<Told> {
    const response = await fetch(`${inbound.url}/${query}`, { method: 'POST', body, headers, duplex: 'half' })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  const authorized = { Authorization: `Bearer ${secret}` }
  return {
    ...{ inbound, post, authorized, secret },
    hand: (body: Body, headers: Readonly<Record<string, string>> = json, query = '') =>
      post(body, { ...headers, ...authorized }, query),
    revoke: () => revokeKey(db, id, { now }),
  }
}

type Body = string | Uint8Array<ArrayBuffer> | FormData | ReadableStream<Uint8Array>

interface Told {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}
