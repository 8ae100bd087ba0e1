import { fetchAfterPing } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { headerLines } from '../../wire.ts'

const etag = '"a-version"'
/** Long ago: a hub may well not trust a stamp that is seconds old (RFC 9110 §8.8.2.2). */
const modified = 'Tue, 03 Jan 2023 10:00:00 GMT'

export const claim: Claim = {
  rows: ['FETCH-03'],
  level: 'compat',
  section: '0.3 §7.2',
  title: 'A fetch asks for what has changed since the last one',
  sends: 'two pings for a topic that answers with ETag and Last-Modified',
  expects: `If-None-Match: ${etag} or If-Modified-Since: ${modified} in the second fetch`,
  presupposes: ['publishing/is-delivered', 'publishing/may-poll'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    topic.headers = [...topic.headers, ['ETag', etag], ['Last-Modified', modified]]
    await context.publish(topic)
    await context.noted(await callback.delivery())
    const fetch = await fetchAfterPing(context, topic)
    const said = ['If-None-Match', 'If-Modified-Since'].flatMap((name) => headerLines(fetch.headers, name))
    const right = said.length > 0 && said.every((line) => line === etag || line === modified)
    const found = said.length === 0 ? 'neither' : said.join(', ')
    expect(right, { expected: 'If-None-Match or If-Modified-Since, as the topic had told it', found }, fetch)
  },
}
