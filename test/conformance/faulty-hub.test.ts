import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { faults } from '../../conformance/faulty-hub/faults.ts'
import { startHub } from '../../conformance/faulty-hub.ts'

const suite = fileURLToPath(new URL('../../conformance/main.ts', import.meta.url))
const program = fileURLToPath(new URL('../../conformance/faulty-hub.ts', import.meta.url))

test('--help tells how it is started, --list every fault and the claims that fail with it', async () => {
  const help = await run(['--help'])
  assert.equal(help.code, 0)
  assert.match(help.stdout, /node conformance\/faulty-hub\.ts \[--port <port>\] \[<fault> …\]/)
  const list = await run(['--list'])
  assert.equal(list.code, 0)
  assert.equal(list.stdout.trim().split('\n').length, Object.keys(faults).length)
  assert.match(list.stdout, /^never-verifies .*\(subscription\/is-verified\)$/m)
})

test('it serves with the faults named, until it is ended', async (t) => {
  const first = await serve(t, ['answers-200'])
  assert.match(first.told, /^A WebSub hub at http:\/\/127\.0\.0\.1:\d+\/ until Ctrl-C, which\nanswers-200 /)
  assert.equal(await subscribes(first.url), 200)
  const second = await serve(t, [])
  assert.match(second.told, /without a fault$/m)
  assert.equal(await subscribes(second.url), 202)
  const taken = await run(['--port', new URL(second.url).port])
  assert.equal(taken.code, 2)
  assert.match(taken.stderr, /^listen EADDRINUSE/)
})

test('it waits as long as hubs do, so that the suite as anyone runs it finds no fault where none is named', async (t) => {
  const { url } = await serve(t, [])
  const { code, stdout } = await run(['--hub', url, '--only', 'distribution/waits-for-an-answer', '--strict'], suite)
  assert.equal(code, 0, stdout)
})

const wrong: readonly (readonly [words: readonly string[], sentence: RegExp])[] = [
  [['answers-200', 'no-such-fault'], /^There is no fault 'no-such-fault'; --list names those there are\.$/m],
  [['toString'], /^There is no fault 'toString'/],
  [['--port', '99999'], /^--port wants a number up to 65535, not '99999'\.$/m],
  [['--colour'], /'--colour'/],
]
for (const [words, sentence] of wrong) {
  test(`${words.join(' ')} is answered with a sentence and 2`, async () => {
    const { code, stderr } = await run(words)
    assert.equal(code, 2)
    assert.match(stderr, sentence)
    assert.doesNotMatch(stderr, /^\s+at /m)
  })
}

test('a module that names a fault that there is not is told so', async () => {
  const misnamed = JSON.parse('["no-such-fault"]')
  await assert.rejects(startHub({ faults: misnamed }), /there is no fault 'no-such-fault'/)
})

async function serve(
  t: TestContext,
  words: readonly string[],
): Promise<{ readonly url: string; readonly told: string }> {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill())
  const ended = new AbortController()
  child.once('exit', () => ended.abort())
  let told = ''
  while (told.split('\n').length < words.length + 2) {
    const [chunk] = await once(child.stdout, 'data', { signal: ended.signal })
    told += chunk
  }
  return { told, url: /http\S+/.exec(told)?.[0] ?? '' }
}

async function subscribes(hub: string): Promise<number> {
  const body = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.topic': 'http://127.0.0.1:9/topic',
    'hub.callback': 'http://127.0.0.1:9/callback',
  })
  return (await fetch(hub, { method: 'POST', body })).status
}

function run(
  words: readonly string[],
  file = program,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof run>>>()
  const child = execFile(
    process.execPath,
    [file, ...words],
    { maxBuffer: 4 * 1024 ** 2, timeout: 30_000 },
    (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
  )
  return promise
}
