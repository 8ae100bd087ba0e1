import { type Claim, expect, observed } from '../../claim.ts'

const fetchesMax = 3

export const claim: Claim = {
  rows: ['PUB-24'],
  level: 'MAY',
  section: '2',
  title: 'Whether topics are fetched without a ping is the hub’s own choice, if it leaves them room to breathe',
  sends: 'a subscription, and no ping',
  expects: `at most ${fetchesMax} fetches in the quiet time after its confirmation`,
  presupposes: ['subscription/is-verified'],
  async run({ subscribed, settle, timing }) {
    const { topic, verification } = await subscribed()
    await settle(timing.quietMs)
    const fetches = topic.fetches.filter(({ atMs }) => atMs > (verification.endedAtMs ?? 0))
    const found = `${fetches.length} fetches in ${timing.quietMs / 1000} s`
    expect(fetches.length <= fetchesMax, { expected: `at most ${fetchesMax}`, found }, ...fetches.slice(0, 1))
    return observed(fetches.length === 0 ? `no fetch without a ping in ${timing.quietMs / 1000} s` : found)
  },
}
