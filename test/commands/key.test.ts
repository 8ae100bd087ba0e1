import assert from 'node:assert/strict'
import { test } from 'node:test'
import { key } from '../../src/commands/key.ts'
import { findKey } from '../../src/keys/store.ts'
import { findSubscriberKey } from '../../src/keys/subscriber-store.ts'
import { testDatabase } from '../support/postgres.ts'
import { environmentOf, runCommandWith } from '../support/terminal.ts'

test('a key is shown once, by itself where a script reads it, and listed with what it is for', async (t) => {
  const database = await testDatabase(t)
  const { db } = database
  const keys = (...words: string[]) => runCommandWith(key, words, { environment: environmentOf(database) })
  assert.match((await keys('list')).printed, /^There are no keys yet/)
  const made = await keys('create', '--topic', 'https://Example.org/blog/*', '--delivery', 'latest')
  assert.equal(made.code, 0)
  assert.match(made.stdout, /^fanfare_[\w-]{43}\n$/)
  assert.match(
    made.printed,
    /^Key 1 may publish https:\/\/example\.org\/blog\/\*: everything beneath that path, delivered latest\.\n.*shown this once/,
  )
  assert.equal((await findKey(db, made.stdout.trim()))?.id, 1)
  for (const [topic, sentence] of [
    ['https://example.org/', /^Key 2 may publish https:\/\/example\.org\/\*: the whole origin, /],
    ['https://example.org/feed', /^Key 3 may publish https:\/\/example\.org\/feed: that topic alone, /],
  ] as const) {
    assert.match((await keys('create', '--topic', topic)).printed, sentence)
  }

  const { stdout } = await keys('list')
  assert.equal(stdout.includes(made.stdout.trim()), false)
  assert.match(stdout, /^ID +TOPICS +DELIVERY +MADE +STATE$/m)
  assert.match(stdout, /^1 +https:\/\/example\.org\/blog\/\* +latest +\d{4}-\d\d-\d\d \d\d:\d\d UTC +in force$/m)
  assert.match(stdout, /^2 +https:\/\/example\.org\/\* +every \(feeds: latest\) +.* +in force$/m)

  assert.match((await keys('revoke', '1')).stdout, /^Key 1 is revoked: /)
  assert.match((await keys('revoke', '1')).stdout, /^Key 1 was revoked already, /)
  assert.match((await keys('list')).stdout, /^1 .* revoked \d{4}-/m)
  assert.notEqual((await findKey(db, made.stdout.trim()))?.revokedAt, null)
  const unknown = await keys('revoke', '7')
  assert.deepEqual([unknown.code, unknown.printed], [1, 'There is no key 7; fanfare key list shows which there are.\n'])
})

test("a subscriber's key is the password of a login, and may do what it was given", async (t) => {
  const database = await testDatabase(t)
  const keys = (...words: string[]) => runCommandWith(key, words, { environment: environmentOf(database) })
  await keys('create', '--topic', 'https://example.org')
  const made = await keys('create', '--subscribe', 'alice', '--rights', 'list, subscribe')
  assert.match(made.stdout, /^fanfare_[\w-]{43}\n$/)
  assert.match(made.printed, /^Key 2 may subscribe, list as alice\.\n.*shown this once/)
  const shown = { login: 'alice', secret: made.stdout.trim() }
  assert.deepEqual((await findSubscriberKey(database.db, shown))?.rights, ['subscribe', 'list'])
  assert.equal((await keys('create', '--subscribe', 'alice')).code, 0)

  const { stdout } = await keys('list')
  assert.match(stdout, /^1 +https:\/\/example\.org\/\* /m)
  assert.match(stdout, /^ID +LOGIN +RIGHTS +MADE +STATE$/m)
  assert.match(stdout, /^2 +alice +subscribe,list +.* in force$/m)
  assert.match(stdout, /^3 +alice +subscribe,unsubscribe,list,retrieve +.* in force$/m)

  assert.match((await keys('revoke', '2')).stdout, /^Key 2 is revoked: nobody subscribes as alice with it any more/)
  assert.equal(await findSubscriberKey(database.db, shown), null)
  assert.match((await keys('revoke', '2')).stdout, /^Key 2 was revoked already, /)
})

test('what makes no sense is told with what would, and makes nothing', async () => {
  for (const [words, sentence] of [
    [[], /key create, key list or key revoke/],
    [['make'], /'make' is nothing/],
    [['create'], /--topic is missing/],
    [['create', '--topic', ''], /--topic is missing/],
    [['create', '--topic', 'https://example.org/blog*'], /--topic may hold one \*/],
    [['create', '--topic', 'https://example.org/*', '--delivery', 'some'], /--delivery must be every or latest/],
    [['create', '--topics', 'https://example.org/*'], /--topics/],
    [['create', 'https://example.org/*', '--topic', 'https://example.org/*'], /is too much/],
    [['create', '--subscribe', 'a:b'], /--subscribe must name a login/],
    [['create', '--subscribe', 'alice', '--rights', 'publish'], /--rights must be some of .*, not 'publish'/],
    [['create', '--rights', 'list'], /--subscribe must name a login/],
    [['create', '--subscribe', 'alice', '--topic', 'https://example.org/*'], /make two/],
    [['list', 'all'], /is too much/],
    [['revoke'], /Which key\?/],
    [['revoke', 'one'], /'one' is not the number/],
    [['revoke', '1', '2'], /'2' is too much/],
  ] as const) {
    const { code, printed, stdout } = await runCommandWith(key, words, { environment: { DATA_DIR: '/nowhere' } })
    assert.deepEqual([code, stdout], [2, ''], words.join(' '))
    assert.match(printed, sentence)
  }
})
