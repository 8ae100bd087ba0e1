import { fetchAfterPing } from '../../checks.ts'
import { type Claim, expect, observed } from '../../claim.ts'
import { headerLines, headerValue } from '../../wire.ts'

const subscribers = 2

export const claim: Claim = {
  rows: ['FETCH-06', 'FETCH-17'],
  level: 'compat',
  section: '0.3 §7.2',
  title: 'A fetch may tell the publisher how many subscribe; if it does, it tells the truth',
  sends: `a ping for a topic with ${subscribers} subscriptions`,
  expects: `a User-Agent without "(+…; n subscribers)", or one with ${subscribers} of them; X-Hub-Subscribers likewise`,
  presupposes: ['fetching/once-for-all'],
  async run(context) {
    const topic = context.topic()
    await Promise.all(Array.from({ length: subscribers }, () => context.subscribed({ topic })))
    const fetch = await fetchAfterPing(context, topic)
    const agent = headerValue(fetch.headers, 'User-Agent') ?? ''
    const [, inAgent] = /\(\+http\S*; (\d+) subscribers?\)/.exec(agent) ?? []
    const counts = [...(inAgent === undefined ? [] : [inAgent]), ...headerLines(fetch.headers, 'X-Hub-Subscribers')]
    for (const found of counts) {
      expect(Number(found) === subscribers, { expected: `${subscribers} subscribers`, found }, fetch)
    }
    return observed(counts.length === 0 ? 'it tells no counts' : `it tells ${counts.join(' and ')} subscribers`)
  },
}
