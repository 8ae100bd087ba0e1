import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { wholeHub } from '../support/hub.ts'
import { keyedUser } from '../support/superfeedr.ts'

interface RawAnswer {
  readonly status: number
  readonly header: string
  readonly body: string
}

/** What curl 7 puts on the wire for `curl -u login:token` with `-d`, or with `-G -d` where it is a GET; the answer as it comes. */
async function curl(
  hubUrl: string,
  {
    method,
    credentials,
    data,
  }: { readonly method: 'GET' | 'POST'; readonly credentials: string; readonly data: string },
): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(hubUrl)
  const common = `Authorization: Basic ${credentials}\r\nUser-Agent: curl/7.29.0\r\nHost: ${host}\r\nAccept: */*\r\nConnection: close\r\n`
  const request =
    method === 'GET'
      ? `GET /?${data} HTTP/1.1\r\n${common}\r\n`
      : `POST / HTTP/1.1\r\n${common}Content-Length: ${data.length}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n${data}`
  const socket = connect(Number(port), hostname)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.write(request)
  await once(socket, 'close')
  const [header = '', ...body] = Buffer.concat(chunks).toString().split('\r\n\r\n')
  return { status: Number(header.split(' ')[1]), header, body: body.join('\r\n\r\n') }
}

const rss = (...ids: readonly string[]) =>
  `<rss version="2.0"><channel><title>My Feed</title>${ids.map((id) => `<item><guid isPermaLink="false">${id}</guid><title>Entry ${id}</title></item>`).join('')}</channel></rss>`

test('SF-01 SF-02 SF-05 SF-06 SF-07 SF-04: a client of Superfeedr goes through its day by the bytes that it always sent', async (t) => {
  const hub = await wholeHub(t, { running: true })
  const { credentials } = await keyedUser(hub, { login: 'demo' })
  const ask = (method: 'GET' | 'POST', data: string) => curl(hub.url, { method, credentials, data })
  const topic = encodeURIComponent(hub.publisher.topic('/feed.xml'))
  const callback = encodeURIComponent(hub.subscriber.callback('/superfeedr'))
  const about = `hub.topic=${topic}&hub.callback=${callback}`
  hub.publisher.publishes('/feed.xml', rss('b', 'a'), { type: 'application/rss+xml' })

  const subscribed = await ask('POST', `hub.mode=subscribe&${about}&hub.secret=sesame&format=json&retrieve=true`)
  assert.equal(subscribed.status, 200)
  assert.match(subscribed.body, /"items":\[\{"id":"b","title":"Entry b"/)

  hub.publisher.publishes('/feed.xml', rss('c', 'b', 'a'), { type: 'application/rss+xml' })
  assert.equal((await ask('POST', `hub.mode=publish&hub.url=${topic}`)).status, 204)
  await hub.subscriber.until(() => hub.subscriber.deliveries().length === 1, 'the notification')
  assert.match(hub.subscriber.received[0] ?? '', /"items":\[\{"id":"c","title":"Entry c"\}\]\}$/)
  assert.match(hub.subscriber.deliveries()[0]?.header('x-hub-signature') ?? '', /^sha1=/)

  const listed = await ask('GET', 'hub.mode=list&page=1&by_page=10')
  assert.deepEqual(JSON.parse(listed.body), [
    {
      subscription: {
        format: 'json',
        endpoint: hub.subscriber.callback('/superfeedr'),
        secret: 'sesame',
        feed: { title: 'My Feed', url: hub.publisher.topic('/feed.xml') },
      },
    },
  ])

  const retrieved = await ask('GET', `hub.mode=retrieve&hub.topic=${topic}&count=1`)
  assert.match(retrieved.header, /\r\ncontent-type: application\/json/i)
  assert.match(retrieved.body, /^\{"status":\{"code":200,.*"items":\[\{"id":"c"/s)

  const replayed = await ask('GET', `hub.mode=replay&${about}&count=2&async=true`)
  assert.deepEqual([replayed.status, replayed.body], [204, ''])
  await hub.subscriber.until(() => hub.subscriber.deliveries().length === 2, 'the replay')
  assert.match(
    hub.subscriber.received[1] ?? '',
    /"items":\[\{"id":"c","title":"Entry c"\},\{"id":"b","title":"Entry b"\}\]\}$/,
  )

  assert.equal((await ask('POST', `hub.mode=unsubscribe&hub.topic=${topic}`)).status, 204)
  assert.equal((await ask('GET', 'hub.mode=list')).body, '[]')
  assert.equal(hub.subscriber.verifications().length, 0)
})
