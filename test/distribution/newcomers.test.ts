import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { transaction } from '../../src/db/database.ts'
import { repeatForNewcomers } from '../../src/distribution/publication-store.ts'
import { distributing } from './setup.ts'

/** A topic whose one publication an early subscriber has, or is being sent, and a late one that joined after it. */
async function earlyAndLate(t: TestContext, { whileSent }: { readonly whileSent: boolean }) {
  const set = await distributing(t)
  const { db, world, subscriber, distribution, drain } = set
  const id = await set.topic()
  await set.subscribe(id, subscriber.callback('/early'))
  const held = Promise.withResolvers<void>()
  if (whileSent) subscriber.answersNext({ until: held.promise })
  await set.publish(id, 'content')
  for (const duty of distribution.duties) if (duty.name === 'broadcast') await duty.turn(new AbortController().signal)
  await subscriber.until(() => subscriber.deliveries().length === 1, 'the early one’s')
  if (!whileSent) await drain()
  await set.subscribe(id, subscriber.callback('/late'))
  return {
    ...set,
    id,
    /** As a ping does that finds nothing new. */
    repeats: () => transaction(db, (tx) => repeatForNewcomers(tx, { topicId: id, now: world.now() })),
    async end() {
      held.resolve()
      await drain() // What is being sent; its end has the broadcast carry on.
      await drain()
    },
    bodies: (path: string) => subscriber.deliveries({ path }).map(({ text }) => text),
  }
}

for (const whileSent of [false, true]) {
  test(`FETCH-15 A-18: content that is repeated goes to those alone who joined since${whileSent ? ', also where it follows a broadcast' : ''}`, async (t) => {
    const { repeats, end, bodies } = await earlyAndLate(t, { whileSent })
    assert.equal(await repeats(), 2)
    await end()
    assert.deepEqual([bodies('/early'), bodies('/late')], [['content'], ['content']])
    assert.equal(await repeats(), null, 'nobody is left to whom it would be new')
  })
}

test('FETCH-15 A-18: where new content follows what was repeated, everybody gets it', async (t) => {
  const { repeats, publish, end, bodies, id } = await earlyAndLate(t, { whileSent: true })
  assert.equal(await repeats(), 2)
  assert.equal(await publish(id, 'newer'), 3)
  await end()
  assert.deepEqual([bodies('/early'), bodies('/late')], [['content', 'newer'], ['newer']])
})
