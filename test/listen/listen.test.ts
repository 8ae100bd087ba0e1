import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { deliveryWords, printable, signatureWords } from '../../src/listen/report.ts'
import { wholeHub } from '../support/hub.ts'
import { listenTo } from './setup.ts'

const body = Buffer.from('content')
const sign = (algorithm: string) => `${algorithm}=${createHmac(algorithm, 's').update(body).digest('hex')}`

for (const algorithm of ['sha1', 'sha256', 'sha384', 'sha512']) {
  test(`a signature by ${algorithm} is told right from wrong`, () => {
    assert.match(signatureWords(sign(algorithm), body, 's'), /, right$/)
    assert.match(signatureWords(sign(algorithm), Buffer.from('other'), 's'), /^WRONG/)
    assert.match(signatureWords(sign(algorithm).toUpperCase(), body, 's'), /^WRONG/)
  })
}

test('a missing, needless or unknown signature is said loudly', () => {
  assert.match(signatureWords(undefined, body, 's'), /^NOT SIGNED/)
  assert.match(signatureWords(sign('sha256'), body, null), /^SIGNED, though/)
  assert.match(signatureWords('md5=00', body, 's'), /NOT KNOWN/)
  assert.equal(signatureWords(undefined, body, null), 'unsigned, as asked')
})

test('nothing a hub sends can move a terminal’s cursor', () => {
  assert.equal(printable('a\u001b[31m\r\n'), 'a\\u001b[31m\\u000d\\u000a')
  const words = deliveryWords(
    { headers: { 'content-type': 'x\u0007' }, body: Buffer.from('\u001b]0;t') },
    { secret: null, whole: true, previous: null },
  )
  assert.doesNotMatch(words.replaceAll('\n', ''), /\p{Cc}/u)
})

test('a gap in the numbers is pointed out', () => {
  const delivery = { headers: { 'fanfare-number': '7' }, body }
  assert.match(deliveryWords(delivery, { secret: null, whole: false, previous: 4 }), /5 to 6 did not come/)
  assert.doesNotMatch(deliveryWords(delivery, { secret: null, whole: false, previous: 6 }), /did not come/)
})

test('listen subscribes at a hub, tells what comes with its signature checked, and unsubscribes when it is told to stop', async (t) => {
  const { publisher, url, ping, database } = await wholeHub(t, { running: true })
  publisher.publishes('/feed', 'first')
  const topic = publisher.topic('/feed')
  const { told, stop, exitCode, lines } = listenTo(t, [topic, '--hub', url])
  await told(/verification: subscribe, lease 864000 s/)
  while ((await database.db.selectFrom('subscription').select('id').execute()).length === 0);
  await ping(topic)
  await told(/delivery 1: 5 bytes of text\/html; charset=UTF-8; signed with sha256, right/)
  stop()
  assert.equal(await exitCode, 0)
  assert.match(lines.at(-1) ?? '', /unsubscribed$/)
})

test('listen says the hub’s own sentence where it refuses, and leaves with 1', async (t) => {
  const { publisher, url } = await wholeHub(t, { running: true })
  const words = [publisher.topic('/feed'), '--hub', url, '--secret', 'x'.repeat(200)]
  const { exitCode, complaints } = listenTo(t, words)
  assert.equal(await exitCode, 1)
  assert.match(complaints.join(), /^The hub answered 400 and says: hub\.secret/)
})
