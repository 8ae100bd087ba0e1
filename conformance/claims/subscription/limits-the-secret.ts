import { expectAccepted, expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

const short = { '199 times a': 'a'.repeat(199), '99 times é and an a, 199 bytes': `${'é'.repeat(99)}a` }
const long = { '200 times a': 'a'.repeat(200), '100 times é, 200 bytes': 'é'.repeat(100) }

export const claim: Claim = {
  rows: ['SUB-13'],
  level: 'MUST*',
  section: '5.1',
  title: 'hub.secret is accepted if it is shorter than 200 bytes, counted as UTF-8, and refused otherwise',
  sends: `secrets of 199 bytes and of 200: ${Object.keys({ ...short, ...long }).join('; ')}`,
  expects: 'a 2xx for 199 bytes, a 4xx for 200',
  presupposes: ['subscription/accepts-a-secret', 'subscription/errors-are-the-clients'],
  async run({ subscribe, topic, callback }) {
    const ask = (secret: string) => subscribe(topic(), callback(), { 'hub.secret': secret })
    await Promise.all([
      ...Object.entries(short).map(async ([what, secret]) => expectAccepted(await ask(secret), what)),
      ...Object.entries(long).map(async ([what, secret]) => expectRefused(await ask(secret), what)),
    ])
  },
}
