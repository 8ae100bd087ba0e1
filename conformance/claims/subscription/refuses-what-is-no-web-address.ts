import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

const addresses = [
  'not a URL',
  '/feed',
  '//host/feed',
  'ftp://127.0.0.1/feed',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:,x',
]

export const claim: Claim = {
  rows: ['SUB-12'],
  level: 'MUST*',
  section: '5.1.1, 5.1.2',
  title: 'What is no absolute http or https URL is refused as topic and as callback',
  sends: `requests whose topic or callback is ${addresses.join(', ')}`,
  expects: 'a 4xx each time',
  presupposes: ['subscription/refuses-incomplete-requests', 'subscription/errors-are-the-clients'],
  async run({ subscribe, topic, callback }) {
    await Promise.all(
      addresses.flatMap((address) => [
        subscribe(address, callback()).then((answer) => expectRefused(answer, `the topic '${address}'`)),
        subscribe(topic(), address).then((answer) => expectRefused(answer, `the callback '${address}'`)),
      ]),
    )
  },
}
