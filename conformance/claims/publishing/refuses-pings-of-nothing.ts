import { type Claim, expect } from '../../claim.ts'

const wrong = ['', 'nonsense', '/feed', 'ftp://127.0.0.1/feed', 'javascript:alert(1)']

export const claim: Claim = {
  rows: ['PUB-09'],
  level: 'compat',
  section: '0.3 §7.1',
  title: 'A ping that names no http or https URL is refused',
  sends: `hub.mode=publish with neither hub.url nor hub.topic; with one that is ${wrong.map(quoted).join(', ')}`,
  expects: 'a 4xx or 5xx',
  presupposes: ['publishing/is-delivered', 'subscription/refuses-incomplete-requests'],
  pings: true,
  async run({ post, pingName }) {
    const name = await pingName()
    const pings = [
      { what: 'neither hub.url nor hub.topic', fields: {} },
      ...wrong.map((url) => ({ what: `${name} ${quoted(url)}`, fields: { [name]: url } })),
    ]
    for (const { what, fields } of pings) {
      const answer = await post({ 'hub.mode': 'publish', ...fields })
      const found = `status ${answer.status}`
      expect(answer.status >= 400, { expected: `a 4xx or 5xx for a ping with ${what}`, found }, answer)
    }
  },
}

function quoted(url: string): string {
  return `'${url}'`
}
