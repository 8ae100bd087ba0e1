import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { form, inTheField, type Sent } from './field.ts'

/** Topics that somebody follows each, and a client that pings about them. */
async function withTopics(t: TestContext, paths: readonly string[]) {
  const field = await inTheField(t)
  for (const path of paths) {
    field.publisher.publishes(path.replace(/\?.*/, ''), `content of ${path}`)
    await field.subscribe(field.publisher.topic(path), field.subscriber.callback(path))
  }
  await field.drain()
  return {
    ...field,
    topics: paths.map((path) => field.publisher.topic(path)),
    /** Whom the pings so far have brought something. */
    async delivered() {
      await field.drain()
      return field.subscriber
        .deliveries()
        .map(({ target }) => target)
        .sort()
    },
  }
}

/** Laminas, and many after PubSubHubbub 0.3 §7.1: any other answer is an error. */
function takes204Alone({ status, text }: Sent): void {
  assert.deepEqual([status, text], [204, ''])
}

test("PEER-05 PUB-02 PUB-05 PUB-17: WordPress' ping names twenty feeds of one post, percent-encoded; its answer is not looked at", async (t) => {
  const feeds = ['feed/', 'feed/atom/', 'comments/feed/?post=7', 'category/caf%C3%A9/feed/', 'author/~ann/feed/']
  const paths = ['', '2026/', 'tag/websub/', 'fr/'].flatMap((section) => feeds.map((feed) => `/${section}${feed}`))
  const { sends, topics, delivered } = await withTopics(t, paths)
  assert.equal(topics.length, 20)
  await sends(`hub.mode=publish${topics.map((topic) => `&hub.url=${encodeURIComponent(topic)}`).join('')}`, {
    headers: {
      'User-Agent': 'WordPress/6.9; https://blog.example; PubSubHubbub/WebSub',
      'content-type': 'application/x-www-form-urlencoded',
      Accept: '*/*',
      'Accept-Encoding': 'deflate, gzip, br',
      Referer: 'http://localhost:7/',
      Connection: 'close',
    },
  })
  assert.deepEqual(await delivered(), [...paths].sort())
})

test('PEER-13 PUB-06: Known joins the percent-encoded feeds of a post by bare commas in one hub.url', async (t) => {
  const paths = ['/', '/?_t=rss', '/content/all/', '/content/all/?_t=rss', '/tag/a,b', '/tag/a,b?_t=rss']
  const { sends, topics, delivered } = await withTopics(t, paths)
  // PHP's urlencode() leaves no comma of a URL bare.
  await sends(`hub.mode=publish&hub.url=${topics.map((topic) => encodeURIComponent(topic)).join(',')}`, {
    headers: { ...form, 'User-Agent': 'Known https://withknown.com', Accept: '*/*', Expect: '100-continue' },
  })
  assert.deepEqual(await delivered(), [...paths].sort())
})

test("PEER-12 PSH-04 PUB-07: Laminas' publisher takes 204 alone, also for what nobody follows", async (t) => {
  const { sends, topics, delivered } = await withTopics(t, ['/feed/a', '/feed/b?x=1&y=a+b'])
  const headers = {
    Connection: 'close',
    'Accept-Encoding': 'gzip, deflate',
    'User-Agent': 'Laminas_Feed_Pubsubhubbub_Publisher/2',
  }
  const ping = (urls: readonly string[]) =>
    sends(['hub.mode=publish', ...urls.map((url) => `hub.url=${encodeURIComponent(url)}`)].join('&'), { headers })
  takes204Alone(await ping(topics))
  takes204Alone(await ping(['https://nobody.example/feed']))
  assert.deepEqual(await delivered(), ['/feed/a', '/feed/b?x=1&y=a+b'])
})

test('PEER-12 PSH-04: the PHP publisher library, as Debian carries it, takes 204 alone', async (t) => {
  const { sends, topics, delivered } = await withTopics(t, ['/feed'])
  const headers = { 'User-Agent': 'PubSubHubbub-Publisher-PHP/1.0', Accept: '*/*', ...form }
  takes204Alone(await sends(`hub.mode=publish&hub.url=${encodeURIComponent(topics[0] ?? '')}`, { headers }))
  assert.deepEqual(await delivered(), ['/feed'])
})

test('PEER-16 PSH-03: Mojolicious sends hub.url again and again, and takes any 2xx', async (t) => {
  const { sends, topics, delivered } = await withTopics(t, ['/a', '/b'])
  const body = `hub.mode=publish&${topics.map((topic) => `hub.url=${encodeURIComponent(topic)}`).join('&')}`
  const { status } = await sends(body, {
    headers: { ...form, 'User-Agent': 'Mojolicious::Plugin::PubSubHubbub v0.18' },
  })
  assert.ok(status >= 200 && status < 300)
  assert.deepEqual(await delivered(), ['/a', '/b'])
})

for (const [what, name] of [
  ['brackets, as PHP and Superfeedr have them', 'hub.url[]'],
  ['brackets that are encoded, as http_build_query has them', 'hub.url%5B0%5D'],
  ['hub.topic, as Ballerina has it', 'hub.topic'],
] as const) {
  test(`PEER-20 SF-16 A-24 PUB-05: a publisher that names topics by ${what} is answered 204`, async (t) => {
    const { sends, topics, delivered } = await withTopics(t, ['/a', '/b'])
    const named = topics.map((topic, at) => `${name.replace('0', String(at))}=${encodeURIComponent(topic)}`)
    takes204Alone(await sends(`hub.mode=publish&${named.join('&')}`))
    assert.deepEqual(await delivered(), ['/a', '/b'])
  })
}

test('PEER-04 PUB-23 PSH-13: a shell one-liner pings …/publish, with all of it in the query or in the body', async (t) => {
  const { sends, topics, delivered } = await withTopics(t, ['/a', '/b'])
  const [a = '', b = ''] = topics
  const curl = { 'User-Agent': 'curl/8.15.0', Accept: '*/*' }
  takes204Alone(await sends('', { target: `/publish?hub.mode=publish&hub.url=${a}`, headers: curl }))
  takes204Alone(await sends(`hub.mode=publish&hub.url=${b}`, { target: '/publish', headers: { ...curl, ...form } }))
  assert.deepEqual(await delivered(), ['/a', '/b'])
})

test('PEER-04 SUB-36: a PHP array given to curl is a multipart form, and is read as one', async (t) => {
  const { sends, topics, delivered } = await withTopics(t, ['/feed?a=1%2C2'])
  const boundary = '------------------------d74496d66958873e'
  const part = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const body = `${part('hub.mode', 'publish')}${part('hub.url', topics[0] ?? '')}--${boundary}--\r\n`
  const headers = { Accept: '*/*', Expect: '100-continue', 'Content-Type': `multipart/form-data; boundary=${boundary}` }
  takes204Alone(await sends(body, { headers }))
  assert.deepEqual(await delivered(), ['/feed?a=1%2C2'])
})

const hub = 'http://localhost:7/'
const page = (self: string, head: string) =>
  `<!DOCTYPE html><html><head>${head}<link rel="self" href="${self}"></head></html>`

for (const [where, type, document] of [
  ['in HTML', 'text/html', (self: string) => page(self, `<link rel="hub" href="${hub}">`)],
  [
    'in Atom',
    'application/atom+xml',
    (self: string) =>
      `<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="${hub}"/><link href="${self}" rel="self"/></feed>`,
  ],
  [
    'in RSS',
    'application/rss+xml',
    (self: string) =>
      `<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel><atom:link rel="hub" href="${hub}"/><atom:link rel="self" href="${self}"/></channel></rss>`,
  ],
] as const) {
  test(`PEER-04: a publisher that names hub and self ${where} alone is found out, and its readers told both`, async (t) => {
    const { publisher, subscribe, subscriber, drain, ping } = await inTheField(t)
    const topic = publisher.topic('/page')
    publisher.publishes('/page', document(topic), { type, self: null, hubs: [] })
    await subscribe(topic, subscriber.callback())
    await drain()
    await ping(topic)
    await drain()
    const [delivery] = subscriber.deliveries()
    assert.equal(delivery?.header('link'), `<${topic}>; rel="self", <${hub}>; rel="hub"`)
  })
}
