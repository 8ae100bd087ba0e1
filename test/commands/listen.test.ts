import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listen, listenOptions } from '../../src/commands/listen.ts'
import { runCommandWith } from '../support/terminal.ts'

const topic = 'http://127.0.0.1:1/topic'

for (const [words, sentence] of [
  [[], /^Name the topic: fanfare listen https:\/\/example\.org\/feed$/],
  [[topic, 'http://127.0.0.1:1/other'], /^'http:\/\/127\.0\.0\.1:1\/other' is too much: one topic at a time\.$/],
  [
    ['localhost:9000/feed'],
    /^The topic must be an absolute URL that begins with http:\/\/ .* It is 'localhost:9000\/feed'\.$/,
  ],
  [['http://'], /^The topic must be a valid URL with a host/],
  [[topic, '--hub', 'http://127.0.0.1/#news'], /^--hub must not have a fragment/],
  [[topic, '--hub', 'localhost:8080'], /^--hub must be an absolute URL/],
  [[topic, '--hub', 'http://127.0.0.1:99999/'], /^--hub must be a valid URL with a host/],
  [[topic, '--hub', 'http://me:word@127.0.0.1/'], /^--hub must not carry a user name or password/],
  [[topic, '--callback', 'ftp://127.0.0.1/'], /^--callback must be an absolute URL/],
  [[topic, '--port', '65536'], /^--port must be a whole number from 0 to 65535, not '65536'\.$/],
  [[topic, '--port=-1'], /^--port must be a whole number from 0 to 65535, not '-1'\.$/],
  [[topic, '--port', 'http'], /^--port must be a whole number/],
  [[topic, '--lease', '0'], /^--lease must be a whole number from 1 to/],
  [[topic, '--lease', '1.5'], /^--lease must be a whole number from 1 to/],
  [[topic, '--host', '0.0.0.0'], /^--host 0\.0\.0\.0 is every address of this machine, .* --callback\.$/],
  [[topic, '--host', ''], /^--host must be a name or an address of this machine/],
  [[topic, '--secret', ''], /^--secret must not be empty; --no-secret subscribes without one\.$/],
  [[topic, '--secret', 's', '--no-secret'], /^--secret and --no-secret contradict each other/],
  [[topic, '--what'], /^There is no option --what; there is --hub, --callback, --host, .*--exact\.$/],
  [[topic, '--hub'], /^--hub needs a value/],
  [[topic, '--hub', '--body'], /^--hub needs a value; one that begins with a dash is written --hub=-…\.$/],
  [[topic, '--body=all'], /^--body takes no value\.$/],
  [[topic, '--toString=1'], /^There is no option --toString/],
] as const) {
  test(`fanfare listen ${words.join(' ')} is exit code 2 and a sentence that says what would be right`, async () => {
    const { code, printed } = await runCommandWith(listen, words, {})
    assert.equal(code, 2)
    assert.match(printed, sentence)
  })
}

test('the own hub is where HUB_URL or PORT says, and a HUB_URL that is none is told', async () => {
  assert.equal(listenOptions([topic], {}).ownHub, 'http://localhost:8080/')
  assert.equal(listenOptions([topic], { PORT: '9000' }).ownHub, 'http://localhost:9000/')
  assert.equal(listenOptions([topic], { PORT: '9000', HUB_URL: 'https://hub.test/' }).ownHub, 'https://hub.test/')
  const { code, printed } = await runCommandWith(listen, [topic], { environment: { HUB_URL: 'hub' } })
  assert.equal(code, 2)
  assert.match(printed, /^HUB_URL must be an absolute URL/)
})

test('every address may be listened on where a callback is named; a secret is given, random or none', () => {
  const callback = 'https://tunnel.test/'
  assert.equal(listenOptions([topic, '--host', '0.0.0.0', '--callback', callback], {}).host, '0.0.0.0')
  assert.equal(listenOptions([topic, '--secret=-dash'], {}).secret, '-dash')
  assert.equal(listenOptions([topic], {}).secret, undefined)
  assert.equal(listenOptions([topic, '--no-secret'], {}).secret, null)
})
