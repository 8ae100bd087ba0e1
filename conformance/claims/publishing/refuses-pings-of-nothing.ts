import type { FormFields } from '../../asking.ts'
import { type Claim, expect } from '../../claim.ts'

const wrong: readonly (readonly [what: string, fields: FormFields])[] = [
  ['neither hub.url nor hub.topic', {}],
  ['an empty hub.url', { 'hub.url': '' }],
  ['hub.url=nonsense', { 'hub.url': 'nonsense' }],
  ['hub.url=/feed', { 'hub.url': '/feed' }],
  ['hub.url=ftp://127.0.0.1/feed', { 'hub.url': 'ftp://127.0.0.1/feed' }],
  ['hub.url=javascript:alert(1)', { 'hub.url': 'javascript:alert(1)' }],
]

export const claim: Claim = {
  rows: ['PUB-09'],
  level: 'compat',
  section: '0.3 §7.1',
  title: 'A ping that names no http or https URL is refused',
  sends: `hub.mode=publish with ${wrong.map(([what]) => what).join('; ')}`,
  expects: 'a 4xx or 5xx',
  presupposes: ['publishing/is-delivered', 'subscription/refuses-incomplete-requests'],
  async run({ post }) {
    for (const [what, fields] of wrong) {
      const answer = await post({ 'hub.mode': 'publish', ...fields })
      const found = `status ${answer.status}`
      expect(answer.status >= 400, { expected: `a 4xx or 5xx for a ping with ${what}`, found }, answer)
    }
  },
}
