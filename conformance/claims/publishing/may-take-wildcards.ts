import { type Claim, expect, observed, skip } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-20'],
  level: 'extension',
  section: '6',
  title: 'A ping with * at the end of its URL may be for all topics that begin so',
  sends: 'hub.url=…/* where two topics below that path are subscribed to',
  expects: 'a fetch of both, or of neither',
  presupposes: ['publishing/is-delivered', 'publishing/may-poll'],
  pings: true,
  async run({ subscribed, ping, happens, timing }) {
    const topics = (await Promise.all([subscribed(), subscribed()])).map(({ topic }) => topic)
    const before = topics.map(({ fetches }) => fetches.length)
    for (const topic of topics) topic.content = 'Something new.'
    const answer = await ping(new URL('*', topics[0]?.url).href)
    const fetched = () => topics.filter(({ fetches }, at) => fetches.length > (before[at] ?? 0)).length
    if (!(await happens(() => fetched() > 0, timing.quietMs))) skip('it knows no wildcards; it need not')
    const both = await happens(() => fetched() === 2, timing.deliveryMs)
    expect(both, { expected: 'a fetch of both topics', found: 'a fetch of one' }, answer)
    return observed('it takes wildcards')
  },
}
