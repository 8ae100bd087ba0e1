import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFrames, type Form, type HeldFrame } from '../../src/streams/frames.ts'
import { notificationJson } from '../../src/streams/notification-json.ts'
import { wholeHub } from '../support/hub.ts'
import { until } from '../support/until.ts'
import { openEvents, publishes, streamUrl } from './setup.ts'

const megabytes = (count: number, fill: string) => Buffer.alloc(count * 1024 * 1024, fill)

test('a reader that does not take is read for no further, and jumps to the newest when it takes again', async (t) => {
  const hub = await wholeHub(t)
  const topic = hub.publisher.topic('/page')
  const slow = await openEvents(t, streamUrl(hub.url, topic))
  const quick = await openEvents(t, streamUrl(hub.url, topic))
  slow.pause()
  for (let number = 1; number <= 8; number++) {
    await publishes(hub, '/page', megabytes(8, String(number)))
    await quick.until(() => quick.events.at(-1)?.id === String(number), `publication ${number} at who takes`)
  }
  slow.resume()
  await slow.until(() => slow.events.at(-1)?.id === '8', 'the newest')
  const ids = slow.events.map(({ id }) => id)
  assert.ok(ids.length <= 3, `what was on its way, then the newest: ${ids}`)
})

test('SEC-10: a reader that takes nothing for a minute is cut off, and what waited for it is let go of', async (t) => {
  const hub = await wholeHub(t)
  const client = await openEvents(t, streamUrl(hub.url, hub.publisher.topic('/page')))
  client.pause()
  for (const fill of ['1', '2', '3']) await publishes(hub, '/page', megabytes(9, fill)) // More than the kernel takes.
  await until(() => {
    hub.world.stall(31_000)
    return hub.hub.readings.streamsOpen() === 0
  }, 'the cut')
  client.resume()
  await client.until(() => client.ended, 'the end')
})

function publication(number: number, bytes: number, fill = 'x') {
  const links = {
    contentType: 'text/plain',
    selfUrl: 'https://t.example/',
    hubUrls: ['https://hub.example/'],
    publishedAt: new Date(0),
  }
  return { topicId: 1, topicUrl: 'https://t.example/', number, body: Buffer.alloc(bytes, fill), ...links }
}

test('a frame is made once however many take it, and kept no longer than one does', async () => {
  const frames = createFrames()
  const held = await Promise.all(
    Array.from({ length: 1000 }, () => frames.hold(publication(1, 1_000_000), 'json', { cut: () => {} })),
  )
  assert.equal(new Set(held.map(({ frame }) => frame)).size, 1)
  assert.ok(frames.bytes > 1_000_000 && frames.bytes < 1_001_000)
  for (const { release } of held) {
    release()
    release()
  }
  assert.equal(frames.bytes, 0)
})

test('SEC-11: frames are bounded in sum: whoever has been taking the oldest is cut off, and nobody else', async () => {
  const frames = createFrames(25_000)
  const cut: string[] = []
  async function hold(name: string, number: number, bytes = 10_000, form: Form = 'bytes'): Promise<HeldFrame> {
    const held = await frames.hold(publication(number, bytes), form, {
      cut() {
        cut.push(name)
        held.release()
      },
    })
    return held
  }
  await hold('a', 1)
  await hold('b', 1)
  const third = await hold('c', 2)
  third.release()
  await hold('d', 3)
  assert.deepEqual([cut, frames.bytes], [[], 20_000])
  await hold('e', 4)
  assert.deepEqual([cut, frames.bytes], [['a', 'b'], 20_000])
  const large = await hold('f', 5, 60_000)
  assert.deepEqual([cut, frames.bytes], [['a', 'b', 'd', 'e'], 60_000])
  large.release()
})

test('SEC-11: a large publication is made into a line without holding up anything for long, no byte of it lost', async () => {
  const text = 'a\u{1F600}b\u00E9"\n'.repeat(400_000)
  const bodies = [Buffer.from(text), Buffer.alloc(4_000_001, 200), Buffer.alloc(4_000_000, 1)]
  let turns = 0
  const counting = setInterval(() => turns++, 0)
  for (const body of bodies) {
    turns = 0
    const frame = await notificationJson({ ...publication(1, 1), body })
    assert.ok(turns > 2, `${turns} turns of the event loop`)
    const told = JSON.parse(frame.toString())
    assert.ok(Buffer.from(told.body ?? told.bodyBase64, 'body' in told ? 'utf8' : 'base64').equals(body))
    assert.equal('body' in told, body === bodies[0])
  }
  clearInterval(counting)
})
