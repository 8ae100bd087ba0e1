import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['VER-16'],
  level: 'SHOULD',
  section: '5.1.2',
  title: 'The verification comes as soon as possible: here, within 2 s',
  sends: 'an ordinary subscription request',
  expects: 'a verification within 2 s of the hub’s answer',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed, timing }) {
    const { answer, verification } = await subscribed()
    const tookMs = verification.atMs - (answer.exchange.atMs + answer.tookMs)
    const found = `one after ${(tookMs / 1000).toFixed(1)} s`
    expect(
      tookMs < timing.promptMs,
      { expected: `a verification within ${timing.promptMs / 1000} s`, found },
      answer,
      verification,
    )
  },
}
