import { encodeForm, formType } from '../../asking.ts'
import { type Claim, expect } from '../../claim.ts'

const megabytes = 4

export const claim: Claim = {
  rows: ['SUB-29'],
  level: 'hardening',
  section: '5.1.2',
  title: 'A form of several megabytes is refused',
  sends: `a subscription request with a parameter of ${megabytes} MiB`,
  expects: 'a 4xx (413 fits), or a connection that the hub ends',
  presupposes: ['subscription/errors-are-the-clients'],
  async run({ send, topic, callback, stays }) {
    const subscriber = callback()
    const fields = { 'hub.mode': 'subscribe', 'hub.topic': topic().url, 'hub.callback': subscriber.url }
    const body = `${encodeForm(fields)}&filler=${'x'.repeat(megabytes * 1024 ** 2)}`
    const answer = await send({ what: 'subscribe', headers: [formType], body }).catch(() => undefined)
    const status = answer?.status ?? 413
    const found = `status ${status}`
    expect(status >= 400 && status < 500, { expected: 'a 4xx', found }, ...(answer === undefined ? [] : [answer]))
    await stays(() => subscriber.requests.length === 0, { expected: 'no verification after a refusal' })
  },
}
