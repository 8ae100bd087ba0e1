import { type Claim, expect, observed } from '../../claim.ts'

const fetchesMax = 3

export const claim: Claim = {
  rows: ['PUB-24'],
  level: 'MAY',
  section: '2',
  title: 'Whether topics are fetched without a ping is the hub’s own choice, if it leaves them room to breathe',
  sends: 'a subscription, and no ping',
  expects: `at most ${fetchesMax} fetches in the quiet time`,
  presupposes: ['subscription/is-verified'],
  async run({ subscribed, pass, timing }) {
    const { topic } = await subscribed()
    const before = topic.fetches.length
    await pass(timing.quietMs)
    const fetches = topic.fetches.slice(before)
    const found = `${fetches.length} fetches in ${timing.quietMs / 1000} s`
    expect(fetches.length <= fetchesMax, { expected: `at most ${fetchesMax}`, found }, ...fetches.slice(0, 1))
    return observed(fetches.length === 0 ? `no fetch without a ping in ${timing.quietMs / 1000} s` : found)
  },
}
