import type { TestContext } from 'node:test'
import { type Config, readConfig } from '../../src/config.ts'
import { createApp, type Patience } from '../../src/inbound/app.ts'
import type { InboundParts } from '../../src/inbound/parts.ts'
import { type ServerLimits, startServer } from '../../src/inbound/server.ts'
import type { HandedOver } from '../../src/publishing/handed-over.ts'
import type { SubscriptionRequest } from '../../src/subscribing/request.ts'
import { type RecordedEvents, recordEvents } from '../support/events.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

export const topic = 'https://publisher.example/feed'
export const callback = 'https://subscriber.example/callback?k=7'
export const subscription = { 'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.callback': callback }

const notHere = async () => Promise.reject(new Error('No keys here.'))
const noSuperfeedr: InboundParts['superfeedr'] = {
  firstContent: notHere,
  refuseUnserved: notHere,
  subscribe: notHere,
  pull: notHere,
  unsubscribe: notHere,
  list: notHere,
  refuseUnsubscribed: notHere,
  retrieve: notHere,
  replay: notHere,
}

export interface Inbound {
  /** `http://127.0.0.1:port`, without a slash. */
  readonly url: string
  readonly port: number
  readonly requested: readonly SubscriptionRequest[]
  readonly noted: readonly (readonly string[])[]
  readonly handedOver: readonly HandedOver[]
  readonly events: RecordedEvents
  /** Posts a form to the hub URL. */
  post(form: Form, options?: { readonly path?: string; readonly headers?: Record<string, string> }): Promise<Response>
  close(): Promise<void>
}

export type Form = Readonly<Record<string, string>> | readonly (readonly [string, string])[] | string

export interface Setup {
  readonly environment?: Readonly<Record<string, string>>
  readonly parts?: Partial<InboundParts>
  readonly limits?: Partial<ServerLimits>
  readonly patience?: Partial<Patience>
  readonly now?: () => Date
  readonly adminTokenSha256?: Buffer
  readonly database?: TestDatabase
}

/** The real doors on a real port; behind them stand functions that write down what they are asked for. */
export async function startInbound(t: TestContext, setup: Setup = {}): Promise<Inbound> {
  const { db } = setup.database ?? (await testDatabase(t))
  const { adminTokenSha256 } = setup
  if (adminTokenSha256) await db.updateTable('hub').set({ admin_token_sha256: adminTokenSha256 }).execute()
  const events = recordEvents()
  const requested: SubscriptionRequest[] = []
  const noted: (readonly string[])[] = []
  const handedOver: HandedOver[] = []
  const config = testConfig(setup.environment)
  const app = createApp(
    {
      config,
      db,
      events: events.events,
      now: setup.now ?? (() => new Date()),
      async requestSubscription(request) {
        requested.push(request)
        return null
      },
      noteChange: async (topics) => void noted.push(topics),
      streams: {
        open: async () => Promise.reject(new Error('No streams here.')),
        count: () => 0,
        stop: async () => {},
      },
      superfeedr: noSuperfeedr,
      random: Math.random,
      takeHandedOver: async (content) => {
        handedOver.push({ ...content, body: Buffer.from(content.body) })
        return { topicId: 1, number: handedOver.length, result: 'new' }
      },
      problems: async () => [],
      metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
      ...setup.parts,
    },
    setup.patience,
  )
  const server = await startServer(app, config, { closeGraceMs: 2000, ...setup.limits })
  t.after(() => server.close())
  return {
    url: server.url,
    port: Number(new URL(server.url).port),
    requested,
    noted,
    handedOver,
    events,
    post(form, { path = '/', headers = {} } = {}) {
      const body = typeof form === 'string' ? form : String(new URLSearchParams(pairsOf(form)))
      return fetch(`${server.url}${path}`, {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      })
    },
    close: () => server.close(),
  }
}

/** A hub for others on loopback's address, unless the environment says that it is somebody's laptop. */
export function testConfig(environment: Readonly<Record<string, string>> = {}): Config {
  return readConfig({ PORT: '0', HUB_URL: 'https://hub.example/', ...environment })
}

function pairsOf(form: Exclude<Form, string>): [string, string][] {
  return isPairs(form) ? form.map(([name, value]) => [name, value]) : Object.entries(form)
}

function isPairs(form: Exclude<Form, string>): form is readonly (readonly [string, string])[] {
  return Array.isArray(form)
}
