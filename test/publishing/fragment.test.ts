import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Delivery } from '../../src/db/schema.ts'
import { withPages } from '../../src/fragments/store.ts'
import { urlKey } from '../../src/url-key.ts'
import { publishingChapter } from './chapter.ts'

/** Each element of the second page has all that it holds searched: minutes of work. */
const fragment = '#:has(:has(.x,%20.y),%20.z),%20.a'
const second = '<div>'.repeat(30_000)

test('SF-15: of a part that takes too long where each publication is a fact, a number is missing, and the next ones come', async (t) => {
  const { db, publisher, numbers, passMinute, hub } = await following(t, 'every')
  const deliver = async (content: string) => {
    publisher.publishes('/page', content)
    await hub.ping(publisher.topic('/page'))
    await hub.drain()
  }
  await deliver('<p class="a">1</p>')
  await deliver(second)
  await deliver('<p class="a">3</p>')
  assert.deepEqual(await numbers(), [1], 'the second is tried once more')
  await passMinute()
  assert.deepEqual(await numbers(), [1])
  await passMinute()
  await passMinute()
  assert.deepEqual(await numbers(), [1, 3])
  assert.equal((await db.selectFrom('topic').select('newest').where('newest', '=', 3).execute()).length, 2)
})

test('SF-15: where the newest counts alone, a part that takes too long leaves out no number', async (t) => {
  const { publisher, numbers, passMinute, hub } = await following(t, 'latest')
  for (const content of ['<p class="a">1</p>', second]) {
    publisher.publishes('/page', content)
    await hub.ping(publisher.topic('/page'))
    await hub.drain()
  }
  await passMinute()
  publisher.publishes('/page', '<p class="a">3</p>')
  await hub.ping(publisher.topic('/page'))
  await hub.drain()
  await passMinute()
  await passMinute()
  assert.deepEqual(await numbers(), [1, 2])
})

/** Somebody subscribed to a part of a page that is delivered so. */
async function following(t: TestContext, delivery: Delivery) {
  const hub = await publishingChapter(t, {}, { runMsMax: 300 })
  const { db, publisher, world } = hub
  const part = publisher.topic(`/page${fragment}`)
  await withPages(db, [part], () => hub.subscribes(part))
  await db
    .updateTable('topic')
    .set({ delivery, every_from: 1 })
    .where('key', '=', urlKey(publisher.topic('/page')))
    .execute()
  async function passMinute(): Promise<void> {
    world.stall(61_000)
    world.advance({ seconds: 61 })
    await hub.drain()
  }
  const numbers = async () => (await hub.published(part)).map(({ number }) => number)
  return { hub, db, publisher, passMinute, numbers }
}
