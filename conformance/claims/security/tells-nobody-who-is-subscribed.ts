import { type Claim, expect } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SEC-18'],
  level: 'hardening',
  section: '5.1.2',
  title: 'Whoever asks to unsubscribe someone else does not learn whether they are subscribed',
  sends: 'an unsubscription of a subscription that runs, and one of a topic and a callback that were never subscribed',
  expects: 'the same status for both',
  presupposes: ['unsubscription/unknown-is-no-error'],
  async run({ subscribed, unsubscribe, topic, callback }) {
    const { topic: known, callback: subscriber } = await subscribed()
    const [running, unknown] = [await unsubscribe(known, subscriber), await unsubscribe(topic(), callback())]
    const found = `${running.status} for the one that runs, ${unknown.status} for the other`
    expect(running.status === unknown.status, { expected: 'the same status', found }, running, unknown)
  },
}
