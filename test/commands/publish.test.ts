import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { publish } from '../../src/commands/publish.ts'
import { parsePattern } from '../../src/keys/pattern.ts'
import { createKey } from '../../src/keys/store.ts'
import { wholeHub } from '../support/hub.ts'
import { startPeer } from '../support/peer.ts'
import { runCommandWith } from '../support/terminal.ts'

const directory = mkdtempSync(join(tmpdir(), 'fanfare-publish-'))
after(() => rmSync(directory, { recursive: true, force: true }))

function file(name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

test('a file or the standard input is handed over with its type, and its number printed; without a key the hub is told', async (t) => {
  const { url, publisher, subscriber, subscribe, drain, database, world } = await wholeHub(t)
  const topic = publisher.topic('/a/../feed?q=ü')
  await subscribe(topic, subscriber.callback())
  await drain()
  const pattern = parsePattern(publisher.origin, '--topic')
  const { secret } = await createKey(database.db, { pattern, delivery: null, now: world.now() })
  const environment = { HUB_URL: url, FANFARE_KEY: secret }
  const one = await runCommandWith(publish, [topic, file('one.json', '{"a":1}')], { environment })
  assert.deepEqual(one, {
    code: 0,
    printed: `7 bytes of application/json were taken as number 1 of ${topic}.\n`,
    stdout: one.printed,
  })
  const mark = ['--idempotency-key', 'two', '--type', 'text/plain']
  for (let times = 0; times < 2; times++) {
    const two = await runCommandWith(publish, [topic, '-', '--hub', url, '--key', secret, ...mark], { input: 'two' })
    assert.deepEqual([two.code, / as number 2 of /.test(two.printed)], [0, true])
  }
  await drain()
  assert.deepEqual(
    subscriber.deliveries().map((seen) => [seen.text, seen.header('content-type')]),
    [
      ['{"a":1}', 'application/json'],
      ['two', 'text/plain'],
    ],
  )
  publisher.publishes('/a/../feed?q=ü', 'fetched')
  const ping = await runCommandWith(publish, [topic, '--ping'], { environment })
  assert.deepEqual([ping.code, ping.printed], [0, `The hub was told that ${topic} has changed.\n`])
  await drain()
  assert.equal(publisher.requests.length, 1)
})

test('what the hub refuses is said in its words, and ends with 1', async (t) => {
  const { url, database, world } = await wholeHub(t)
  const pattern = parsePattern('https://example.org/mine', '--topic')
  const { secret } = await createKey(database.db, { pattern, delivery: null, now: world.now() })
  const environment = { HUB_URL: url, FANFARE_KEY: secret }
  const content = file('one.txt', 'one')
  const foreign = await runCommandWith(publish, ['https://example.org/yours', content], { environment })
  assert.deepEqual([foreign.code, foreign.stdout], [1, ''])
  assert.match(foreign.printed, /^The hub answered 403 and says: This key is for https:\/\/example\.org\/mine, /)
  const empty = await runCommandWith(publish, ['https://example.org/mine', file('empty.txt', '')], { environment })
  assert.deepEqual([empty.code, /is empty: nothing was published/.test(empty.printed)], [1, true])
  const missing = await runCommandWith(publish, ['https://example.org/mine', join(directory, 'none')], { environment })
  assert.deepEqual([missing.code, /cannot be read \(ENOENT/.test(missing.printed)], [1, true])
  const away = { ...environment, HUB_URL: 'http://localhost:1/' }
  const nobody = await runCommandWith(publish, ['https://example.org/mine', content], { environment: away })
  assert.deepEqual([nobody.code, /could not be reached/.test(nobody.printed)], [1, true])
})

test('a key does not follow a redirect', async (t) => {
  const elsewhere = await startPeer(t, () => ({ status: 202 }))
  const moved = await startPeer(t, () => ({ status: 308, headers: { Location: `${elsewhere.origin}/hub` } }))
  const environment = { HUB_URL: moved.origin, FANFARE_KEY: 'fanfare_key' }
  const { code, printed } = await runCommandWith(publish, ['https://example.org/a'], { environment, input: 'x' })
  assert.deepEqual([code, printed], [1, `The hub answered 308: try --hub ${elsewhere.origin}/hub\n`])
  assert.equal(elsewhere.requests.length, 0)
})

test('words that make no sense are told with what would, and nothing is sent', async () => {
  for (const [words, environment, sentence] of [
    [[], {}, /Which topic\?/],
    [['example.org/feed'], {}, /^The topic must be an absolute URL/],
    [['https://example.org/a', 'file.txt'], {}, /a publisher key is needed: set FANFARE_KEY/],
    [['https://example.org/a', '--type', 'text/plain'], {}, /a publisher key is needed/],
    [['https://example.org/a', 'file.txt', '--ping'], { FANFARE_KEY: 'k' }, /--ping only tells/],
    [['https://example.org/a', 'one', 'two'], { FANFARE_KEY: 'k' }, /'two' is too much/],
    [['https://example.org/a', '--hub', 'hub.example'], {}, /^The hub URL must be an absolute URL/],
    [['https://example.org/a', '--key', 'a b'], {}, /^The key must be as/],
    [['https://example.org/a', '--nonsense'], {}, /--nonsense/],
  ] as const) {
    const { code, printed, stdout } = await runCommandWith(publish, words, { environment })
    assert.deepEqual([code, stdout], [2, ''], words.join(' '))
    assert.match(printed, sentence)
  }
})
