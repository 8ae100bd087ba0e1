import { readConfig } from '../../src/config.ts'
import { createWire } from '../../src/db/wire.ts'
import { createHub, type Hub } from '../../src/hub.ts'
import { createCipher } from '../../src/subscribing/secret.ts'
import { type Cleanup, lastFirst } from './cleanup.ts'
import { type RecordedEvents, recordEvents } from './events.ts'
import { type TestDatabase, testDatabase } from './postgres.ts'
import { type Publisher, startPublisher } from './publisher.ts'
import { type Subscriber, startSubscriber } from './subscriber.ts'
import { type TestWorld, testWorld } from './world.ts'

/** The whole hub on a database of the test's own, seen through HTTP, with a publisher and a subscriber. */
export interface WholeHub {
  /** The hub URL. */
  readonly url: string
  readonly hub: Hub
  readonly database: TestDatabase
  readonly world: TestWorld
  readonly recorded: RecordedEvents
  readonly publisher: Publisher
  readonly subscriber: Subscriber
  /** POSTs a form to the hub URL. */
  post(fields: Fields, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Subscribes the callback to the topic; other fields as given. */
  subscribe(topic: string, callback: string, fields?: Readonly<Record<string, string>>): Promise<Response>
  unsubscribe(topic: string, callback: string, fields?: Readonly<Record<string, string>>): Promise<Response>
  ping(...topics: readonly string[]): Promise<Response>
  /** Moves time past the 200 ms before a verification, and takes turns until nothing is due. */
  drain(): Promise<void>
}

export type Fields = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[]

export interface WholeHubOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Works by itself instead of on `drain`. */
  readonly running?: boolean
  /** Another hub of the same database. */
  readonly database?: TestDatabase
  readonly world?: TestWorld
}

export async function wholeHub(test: Cleanup, options: WholeHubOptions = {}): Promise<WholeHub> {
  const t = lastFirst(test)
  const database = options.database ?? (await testDatabase(t, { connectionsMax: 8 }))
  const world = options.world ?? testWorld(t)
  const recorded = recordEvents()
  const config = readConfig({ PORT: '0', HUB_URL: 'http://localhost:7/', ...options.environment })
  const hub = createHub({
    config,
    database,
    wire: options.running === true ? createWire(database.url, database.db) : null,
    world,
    events: recorded.events,
    cipher: createCipher('a key for tests, and for nothing else'),
    connectionsMax: 2000,
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
  })
  const origin = options.running === true ? (await hub.start()).url : await hub.listen()
  t.after(() => hub.stop())
  const url = `${origin}/`
  const publisher = await startPublisher(t, { hubUrl: config.HUB_URL })
  const subscriber = await startSubscriber(t)

  function post(fields: Fields, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const pairs = isPairs(fields)
      ? fields.map(([name, value]) => [name, value] as [string, string])
      : Object.entries(fields)
    const body = new URLSearchParams(pairs)
    return fetch(url, { method: 'POST', body, headers })
  }

  const asks =
    (mode: string) =>
    (topic: string, callback: string, fields: Readonly<Record<string, string>> = {}) =>
      post({ 'hub.mode': mode, 'hub.topic': topic, 'hub.callback': callback, ...fields })

  return {
    url,
    hub,
    database,
    world,
    recorded,
    publisher,
    subscriber,
    post,
    subscribe: asks('subscribe'),
    unsubscribe: asks('unsubscribe'),
    ping: (...topics) => post([['hub.mode', 'publish'], ...topics.map((topic) => ['hub.url', topic] as const)]),
    async drain() {
      world.advance({ seconds: 1 })
      await hub.drain()
    },
  }
}

function isPairs(fields: Fields): fields is readonly (readonly [name: string, value: string])[] {
  return Array.isArray(fields)
}
