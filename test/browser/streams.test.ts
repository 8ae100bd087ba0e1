import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { publishes, streamUrl } from '../streams/setup.ts'
import { browserPath } from '../support/browser.ts'
import { lastFirst } from '../support/cleanup.ts'
import { wholeHub } from '../support/hub.ts'
import { testDatabase } from '../support/postgres.ts'
import { startPublisher } from '../support/publisher.ts'
import { testWorld } from '../support/world.ts'

let browser: Browser

before(async () => {
  const executablePath = browserPath()
  if (executablePath === null) throw new Error('There is no browser here: BROWSER may name one.')
  // As root Chromium runs only without its sandbox; it sees this machine's pages alone.
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
})
after(() => browser.close())

/** What a page was told, kept on the page. */
interface Told {
  readonly events: readonly { readonly type: string; readonly id: string; readonly data: string }[]
  readonly errors: number
  readonly state: number
}

test('an EventSource comes back by itself when its hub is restarted, and gets each publication it missed', async (context) => {
  const t = lastFirst(context)
  const database = await testDatabase(t, { connectionsMax: 10 })
  const world = testWorld(t)
  const publisher = await startPublisher(t)
  const topic = publisher.topic('/page')
  const first = { ...(await wholeHub(t, { database, world })), publisher }
  const page = await openPage(t, `${first.url}health/live`)
  await listen(page, streamUrl(first.url, topic))
  await until(page, ({ state }) => state === 1)
  await database.db.updateTable('topic').set({ delivery: 'every' }).execute()
  await publishes(first, '/page', 'one\nof two lines')
  await until(page, ({ events }) => events.length === 1)
  await first.hub.stop()

  const other = { ...(await wholeHub(t, { database, world })), publisher }
  for (const content of ['two', 'three']) await publishes(other, '/page', content)
  await wholeHub(t, { database, world, environment: { PORT: new URL(first.url).port } })
  const { events, errors } = await until(page, ({ events }) => events.length === 3)
  assert.deepEqual(
    events.map(({ type, id, data }) => [type, id, JSON.parse(data).body]),
    [
      ['notification', '1', 'one\nof two lines'],
      ['notification', '2', 'two'],
      ['notification', '3', 'three'],
    ],
  )
  assert.ok(errors > 0, 'it was away')
})

test("a page of another site reads a public hub's streams, and not those of a hub that names its pages", async (context) => {
  const t = lastFirst(context)
  const hub = await wholeHub(t, { environment: { HUB_URL: 'http://hub.example/' } })
  hub.publisher.publishes('/site', '<!doctype html><title>A page of another site</title>')
  const page = await openPage(t, hub.publisher.topic('/site'))
  await listen(page, streamUrl(hub.url, hub.publisher.topic('/page')))
  await until(page, ({ state }) => state === 1)
  await publishes(hub, '/page', 'content')
  assert.equal((await until(page, ({ events }) => events.length === 1)).events[0]?.id, '1')

  const named = { HUB_URL: 'http://hub.example/', STREAM_ORIGINS: 'https://reader.example' }
  const closed = await wholeHub(t, { environment: named })
  await listen(page, streamUrl(closed.url, hub.publisher.topic('/page')))
  const { state } = await until(page, ({ errors }) => errors > 0)
  assert.equal(state, 2, 'closed for good')
  await openWebSocket(page, streamUrl(closed.url, hub.publisher.topic('/page')))
  assert.equal(await page.evaluate('ended'), 1006, 'refused before it was one')
})

test("a browser's WebSocket is told that its hub goes away", async (t) => {
  const hub = await wholeHub(t)
  const page = await openPage(t, `${hub.url}health/live`)
  await openWebSocket(page, streamUrl(hub.url, hub.publisher.topic('/page')))
  while (!(await page.evaluate('socket.readyState === 1')));
  await hub.hub.stop()
  assert.equal(await page.evaluate('ended'), 1001)
})

test('SEC-13: a polled page runs no script, and is of no origin', async (t) => {
  const hub = await wholeHub(t)
  hub.publisher.publishes('/page', '<!doctype html><title>before</title><script>document.title = "after"</script>')
  const parameters = { newest: 'true', wait: 'poll' }
  const page = await openPage(t, `${hub.url}health/live`)
  let isShown = false
  const shown = page.goto(streamUrl(hub.url, hub.publisher.topic('/page'), parameters).href).finally(() => {
    isShown = true
  })
  while (!isShown) await hub.drain()
  await shown
  assert.equal(await page.title(), 'before')
  assert.equal(await page.evaluate('self.origin'), 'null')
})

test("the hub's own page may try a stream in its console", async (t) => {
  const hub = await wholeHub(t)
  const page = await openPage(t, hub.url)
  await listen(page, streamUrl(hub.url, hub.publisher.topic('/page')))
  await until(page, ({ state }) => state === 1)
})

async function openPage(t: Pick<TestContext, 'after'>, url: string): Promise<Page> {
  const page = await browser.newPage()
  t.after(() => page.close())
  await page.goto(url)
  return page
}

/** Begins an EventSource in the page. */
async function listen(page: Page, url: URL): Promise<void> {
  await page.evaluate((href) => {
    const told = { events: [] as object[], errors: 0 }
    const source = new EventSource(href)
    for (const type of ['notification', 'gap']) {
      source.addEventListener(type, (event) => {
        const { lastEventId: id, data } = event as MessageEvent
        told.events.push({ type, id, data })
      })
    }
    source.addEventListener('error', () => {
      told.errors += 1
    })
    Object.assign(globalThis, { source, told })
  }, url.href)
}

async function until(page: Page, isSo: (told: Told) => boolean): Promise<Told> {
  for (;;) {
    const told: Told = await page.evaluate('({ ...told, state: source.readyState })')
    if (isSo(told)) return told
  }
}

/** `ended` in the page becomes the code it is closed with. */
async function openWebSocket(page: Page, url: URL): Promise<void> {
  await page.evaluate(
    (href) => {
      const socket = new WebSocket(href)
      const ended = new Promise((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
      Object.assign(globalThis, { socket, ended })
    },
    url.href.replace(/^http/, 'ws'),
  )
}
