import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type StrangeHub, strangeHub, topic, watcher } from './setup.ts'

for (const [signal, script] of [
  ['SIGINT', 'main.ts'],
  ['SIGTERM', 'main.ts'],
  // The bin starts the pinned Node, and a script knows the bin's process alone.
  ['SIGINT', 'fanfare.js'],
  ['SIGTERM', 'fanfare.js'],
] as const) {
  test(`${signal} to ${script} unsubscribes and ends with 0`, async (t) => {
    const hub = await strangeHub(t)
    const { process, exit, output } = await subscribed(t, hub, script)
    process.kill(signal)
    await Promise.race([hub.goodbye, exit])
    assert.equal(await hub.ask('unsubscribe'), '200 abc')
    assert.deepEqual(await exit, [0, null])
    assert.match(output.stdout, /unsubscribed\n$/)
    assert.equal(output.stderr, '')
  })
}

test('a second SIGINT ends at once, with 130', async (t) => {
  const hub = await strangeHub(t)
  const { process, exit } = await subscribed(t, hub)
  process.kill('SIGINT')
  await Promise.race([hub.goodbye, exit]) // And now it waits for a question that does not come.
  // Within a second it would be the same wish.
  const asking = setInterval(() => process.kill('SIGINT'), 1100)
  t.after(() => clearInterval(asking))
  assert.deepEqual(await exit, [130, null])
})

test('a hub that is down at the end is told in a sentence, and with 3', async (t) => {
  const hub = await strangeHub(t)
  const { process, exit, output } = await subscribed(t, hub)
  hub.close()
  process.kill('SIGINT')
  assert.deepEqual(await exit, [3, null])
  assert.match(output.stderr, /^The hub at .* could not be reached .* runs until its lease ends; .*\n$/)
})

// `fanfare listen … | head -1` ended by the stack of an EPIPE, and left its subscription at the hub.
test('who closes the pipe is unsubscribed, and the end is quiet', async (t) => {
  const hub = await strangeHub(t)
  const { process, exit, output } = await subscribed(t, hub)
  process.stdout.destroy()
  await once(process.stdout, 'close')
  await fetch(await hub.callback, { method: 'POST', body: 'content' })
  await Promise.race([hub.goodbye, exit])
  assert.equal(await hub.ask('unsubscribe'), '200 abc')
  assert.deepEqual(await exit, [0, null])
  assert.equal(output.stderr, '')
})

test('a denial ends with 1 and the hub’s reason', async (t) => {
  const hub = await strangeHub(t)
  const { exit, output } = await subscribed(t, hub)
  await hub.ask('denied', { 'hub.reason': 'closed for good' })
  assert.deepEqual(await exit, [1, null])
  assert.match(output.stdout, /DENIED: .*: closed for good\n$/)
  assert.match(output.stderr, /^The hub denied the subscription: nothing more will come\.\n$/)
})

test('a refusal ends with 1 and the hub’s words', async (t) => {
  const hub = await strangeHub(t, (_, response) => response.writeHead(422).end('hub.topic is not for you'))
  const { exit, output } = launch(t, [topic, '--hub', hub.url])
  assert.deepEqual(await exit, [1, null])
  assert.equal(output.stderr, 'The hub answered 422 and says: hub.topic is not for you\n')
})

test('words that make no sense end with 2, and --help tells every exit code', async (t) => {
  const wrong = launch(t, [topic, '--hub', 'nonsense'])
  assert.deepEqual(await wrong.exit, [2, null])
  assert.match(wrong.output.stderr, /^--hub must be .*\nfanfare listen --help tells more\.\n$/)
  assert.equal(wrong.output.stdout, '')
  const help = launch(t, ['--help'])
  assert.deepEqual(await help.exit, [0, null])
  for (const code of [0, 1, 2, 3, 130]) assert.match(help.output.stdout, new RegExp(`Exit codes: [^]*\\b${code} `))
})

async function subscribed(t: TestContext, hub: StrangeHub, script = 'main.ts') {
  const launched = launch(t, [topic, '--hub', hub.url], script)
  await launched.told(/accepted/)
  assert.equal(await hub.ask('subscribe', { 'hub.lease_seconds': '600' }), '200 abc')
  await launched.told(/verification: subscribe/)
  return launched
}

/** The command itself, in a process of its own. */
function launch(t: TestContext, words: readonly string[], script = 'main.ts') {
  const path = fileURLToPath(new URL(`../../src/${script}`, import.meta.url))
  const process = spawn(globalThis.process.execPath, [path, 'listen', ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => process.exitCode ?? process.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  const { look, told } = watcher(() => [output.stdout])
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
      look()
    })
  }
  return { process, output, told, exit: once(process, 'close') }
}
