import { expectRefused } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { headerValue } from '../../wire.ts'

const markup = '<script>alert(1)</script>'
const wrong = ['hub.mode', 'hub.topic', 'hub.callback', 'hub.lease_seconds']

export const claim: Claim = {
  rows: ['SEC-13'],
  level: 'hardening',
  section: '8.2',
  title: 'A refusal that repeats what was sent is nothing that a browser would run',
  sends: `subscription requests with ${wrong.join(', ')} of ${markup}`,
  expects: `a 4xx; where its body holds ${markup}, text/plain and X-Content-Type-Options: nosniff`,
  presupposes: [
    'subscription/refuses-unknown-modes',
    'subscription/errors-are-the-clients',
    'subscription/errors-help',
    'subscription/refuses-what-is-no-web-address',
  ],
  async run({ post, topic, callback }) {
    await Promise.all(
      wrong.map(async (name) => {
        const fields = { 'hub.mode': 'subscribe', 'hub.topic': topic().url, 'hub.callback': callback().url }
        const answer = await post({ ...fields, [name]: markup })
        if (name !== 'hub.lease_seconds') expectRefused(answer, `${name}=${markup}`)
        if (!answer.text.includes('<script>')) return
        const type = headerValue(answer.headers, 'Content-Type') ?? 'no Content-Type'
        const nosniff = headerValue(answer.headers, 'X-Content-Type-Options')?.toLowerCase() === 'nosniff'
        const found = `${type}, ${nosniff ? 'with' : 'without'} X-Content-Type-Options: nosniff`
        const expected = 'text/plain with X-Content-Type-Options: nosniff, as the body repeats the markup'
        expect(nosniff && /^text\/plain\b/i.test(type), { expected, found }, answer)
      }),
    )
  },
}
