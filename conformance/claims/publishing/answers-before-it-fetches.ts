import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PUB-10'],
  level: 'hardening',
  section: '6',
  title: 'The answer to a ping does not wait for the topic',
  sends: 'a ping for a topic that does not answer',
  expects: 'an answer to the ping while its fetch is still open, or not begun',
  presupposes: ['publishing/is-delivered', 'publishing/may-poll'],
  pings: true,
  holds: true,
  async run({ subscribed, ping, settle }) {
    const { topic } = await subscribed()
    const before = topic.fetches.length
    topic.serves({ fault: 'hang' })
    const answer = await ping(topic)
    await settle()
    const ended = topic.fetches.slice(before).filter(({ endedAtMs }) => endedAtMs !== undefined)
    const found = `an answer after ${(answer.tookMs / 1000).toFixed(1)} s, when the hub had given the fetch up`
    expect(ended.length === 0, { expected: 'an answer that does not wait for the fetch', found }, answer, ...ended)
  },
}
