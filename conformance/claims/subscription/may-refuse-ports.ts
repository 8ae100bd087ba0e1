import { isSuccess } from '../../asking.ts'
import { expectRefused } from '../../checks.ts'
import { type Claim, observed } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-16', 'SEC-04'],
  level: 'MAY',
  section: '5.1.2',
  title: 'A callback on a port that is none of the web’s may be refused at once',
  sends: 'subscription requests whose callbacks are on port 25 and port 22',
  expects: 'a 2xx or a 4xx',
  presupposes: ['subscription/is-verified', 'subscription/errors-are-the-clients'],
  async run({ subscribe, topic, callback }) {
    const { hostname } = new URL(callback().url)
    const said = await Promise.all(
      [25, 22].map(async (port) => {
        const answer = await subscribe(topic(), `http://${hostname}:${port}/`)
        if (!isSuccess(answer)) expectRefused(answer, `a callback on port ${port}`)
        return `${answer.status} for a callback on port ${port}`
      }),
    )
    return observed(said.join(', '))
  },
}
