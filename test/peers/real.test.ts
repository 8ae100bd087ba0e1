import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { type EventEmitter, once } from 'node:events'
import { createRequire } from 'node:module'
import type { AddressInfo, Server } from 'node:net'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { type Field, inTheField } from './field.ts'

/** The npm package `pubsubhubbub` 1.0.2, as much of it as is used; it brings no types. */
interface NodeClient extends EventEmitter {
  callbackUrl: string
  secret: string | false
  readonly server: Server
  listen(port: number, host: string): void
  subscribe(topic: string, hub: string, done: (error: Error | null) => void): void
  unsubscribe(topic: string, hub: string, done: (error: Error | null) => void): void
}

const pubSubHubbub = createRequire(import.meta.url)('pubsubhubbub') as {
  createServer(options: { readonly secret?: string; readonly leaseSeconds?: number }): NodeClient
}

/** The client, listening; what it emits is noted as it comes. */
async function startNodeClient(t: TestContext, field: Field, options: { readonly secret?: string } = {}) {
  const client = pubSubHubbub.createServer({ ...options, leaseSeconds: 86_400 })
  client.listen(0, '127.0.0.1')
  await once(client, 'listen')
  t.after(() => client.server.close())
  client.callbackUrl = `http://127.0.0.1:${(client.server.address() as AddressInfo).port}/callback`
  const emitted: { readonly event: string; readonly topic: string; readonly hub: string; readonly feed?: Buffer }[] = []
  for (const event of ['subscribe', 'unsubscribe', 'feed', 'denied', 'error']) {
    client.on(event, (detail: { topic: string; hub: string; feed?: Buffer }) => {
      emitted.push({ event, ...detail })
      field.notes(`it says ${event}`)
    })
  }
  const asks = (mode: 'subscribe' | 'unsubscribe', topic: string) =>
    new Promise<void>((resolve, reject) => {
      client[mode](topic, field.url, (error) => (error === null ? resolve() : reject(error)))
    })
  return { client, emitted, asks }
}

test('PEER-10: npm’s pubsubhubbub 1.0.2 subscribes, is asked, gets the feed and unsubscribes', async (t) => {
  const field = await inTheField(t)
  const { topic, url, drain, publishes } = field
  const { emitted, asks } = await startNodeClient(t, field)
  await asks('subscribe', topic)
  await drain()
  assert.deepEqual(
    emitted.map(({ event, topic: about, hub }) => [event, about, hub]),
    [['subscribe', topic, url]],
  )
  await publishes('<feed>é</feed>')
  assert.deepEqual([emitted[1]?.event, emitted[1]?.topic, String(emitted[1]?.feed)], ['feed', topic, '<feed>é</feed>'])
  await asks('unsubscribe', topic)
  await drain()
  await publishes('<feed></feed>')
  assert.deepEqual(
    emitted.map(({ event }) => event),
    ['subscribe', 'feed', 'unsubscribe'],
  )
})

test('PEER-10: npm’s pubsubhubbub 1.0.2 finds the signature right by the key it gave', async (t) => {
  const field = await inTheField(t)
  const { topic, drain, publishes, recorded } = field
  const { client, emitted, asks } = await startNodeClient(t, field, { secret: 'MyTopSecret' })
  await asks('subscribe', topic)
  await drain()
  // It gives the hub a key made of its secret and the topic, and checks with the secret itself: a fault of 1.0.2, by which
  // it drops whatever any hub signs, and answers 202.
  await publishes('<feed/>')
  assert.deepEqual(
    emitted.map(({ event }) => event),
    ['subscribe'],
  )
  client.secret = createHmac('sha1', 'MyTopSecret').update(topic).digest('hex')
  await publishes('<feed></feed>')
  assert.deepEqual(emitted.map(({ event, feed }) => [event, feed && String(feed)])[1], ['feed', '<feed></feed>'])
  assert.deepEqual(recorded.of('attemptFailed'), [])
})

const php = (script: string, ...given: readonly string[]) => promisify(execFile)('php', ['-r', script, ...given])
const phpPublisher = 'Pubsubhubbub/Publisher/autoload.php'
const phpProbe = `exit(extension_loaded('curl') && stream_resolve_include_path('${phpPublisher}') ? 0 : 1);`
const phpIsHere = await php(phpProbe).then(
  () => true,
  () => false,
)

test('PEER-12 PUB-07: Debian’s php-pubsubhubbub-publisher is satisfied by the answer to its ping', {
  skip: phpIsHere ? false : 'PHP with php-curl and php-pubsubhubbub-publisher is not installed here',
}, async (t) => {
  const { url, topic, publisher, subscribe, subscriber, drain, notes } = await inTheField(t)
  await subscribe(topic, subscriber.callback())
  await drain()
  publisher.publishes('/feed', '<feed/>')
  const script = `
    require '${phpPublisher}';
    $publisher = new pubsubhubbub\\publisher\\Publisher($argv[1]);
    echo $publisher->publish_update(array_slice($argv, 2)) ? 'satisfied' : 'not satisfied';
  `
  const { stdout } = await php(script, url, topic, 'https://nobody.example/feed')
  notes(`it is ${stdout}`)
  assert.equal(stdout, 'satisfied')
  await drain()
  assert.deepEqual(subscriber.received, ['<feed/>'])
})
