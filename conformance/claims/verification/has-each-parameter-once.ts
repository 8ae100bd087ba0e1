import { type Claim, expect } from '../../claim.ts'
import { parameters } from '../../peers.ts'

export const claim: Claim = {
  rows: ['VER-01', 'VER-02', 'LEASE-01'],
  level: 'MUST',
  section: '5.3',
  title: 'A verification has hub.mode, hub.topic, hub.challenge and hub.lease_seconds, each once',
  sends: 'an ordinary subscription request',
  expects: 'hub.mode=subscribe, the others not empty, hub.lease_seconds a positive whole number',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed }) {
    const { verification } = await subscribed()
    for (const name of ['hub.mode', 'hub.topic', 'hub.challenge', 'hub.lease_seconds']) {
      const values = parameters(verification, name)
      const found = values.length === 0 ? 'none' : values.map((value) => `'${value}'`).join(', ')
      expect(values.length === 1 && values[0] !== '', { expected: `one ${name}`, found }, verification)
    }
    const [mode, lease] = [parameters(verification, 'hub.mode')[0], parameters(verification, 'hub.lease_seconds')[0]]
    expect(mode === 'subscribe', { expected: 'hub.mode=subscribe', found: `hub.mode=${mode}` }, verification)
    const found = `hub.lease_seconds=${lease}`
    expect(/^[1-9]\d*$/.test(lease ?? ''), { expected: 'a positive whole number of seconds', found }, verification)
  },
}
