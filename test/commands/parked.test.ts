import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { parked } from '../../src/commands/parked.ts'
import { wholeHub } from '../support/hub.ts'
import { runCommand } from '../support/terminal.ts'

test('what was set aside is listed with its reason, and goes on once it is put back', async (t) => {
  const { database, publisher, subscriber, subscribe, ping, drain } = await wholeHub(t)
  const nothing = { code: 0, printed: 'Nothing is set aside.\n' }
  assert.deepEqual(await runCommand(parked, [], database), nothing)
  const [topic, callback] = [publisher.topic('/feed'), subscriber.callback()]
  publisher.publishes('/feed', 'content')
  await subscribe(topic, callback)
  await drain()
  subscriber.answersNext({ status: 500 })
  await ping(topic)
  await drain()
  const why = { parked_at: sql<Date>`now()`, parked_why: 'its secret cannot be opened' }
  await database.db.updateTable('backlog').set(why).execute()

  const { printed } = await runCommand(parked, [], database)
  assert.match(
    printed.split('\n')[1] ?? '',
    /^20\S+Z +backlog \d+ +http\S+\/feed +http\S+\/callback +its secret cannot be opened$/,
  )
  assert.deepEqual(await runCommand(parked, ['--put-back'], database), { code: 0, printed: '1 put back; due now.\n' })
  assert.deepEqual(await runCommand(parked, ['--put-back'], database), nothing)
  await drain()
  assert.deepEqual(subscriber.received, ['content', 'content'])
})
