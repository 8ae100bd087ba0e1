import { isSuccess } from '../../asking.ts'
import { expectRefused } from '../../checks.ts'
import { type Claim, observed } from '../../claim.ts'
import { parameter } from '../../peers.ts'

export const claim: Claim = {
  rows: ['VAL-06'],
  level: 'MAY',
  section: '5.2',
  title: 'A topic that does not name this hub may be refused',
  sends: 'a subscription request for a topic without rel=hub',
  expects: 'a verification of intent, a denial, or a 4xx',
  presupposes: ['subscription/is-verified', 'subscription/errors-are-the-clients'],
  async run({ topic, callback, subscribe, until, timing }) {
    const subscriber = callback()
    const answer = await subscribe(topic({ links: [] }), subscriber)
    if (!isSuccess(answer)) {
      expectRefused(answer, 'a topic without rel=hub')
      return observed(`it refuses with ${answer.status}`)
    }
    await until(() => subscriber.requests.length > 0, {
      withinMs: timing.verifyMs,
      expected: 'a verification or a denial',
    })
    const [denial] = subscriber.denials
    return observed(denial ? `it denies: ${parameter(denial, 'hub.reason') ?? 'without a reason'}` : 'it accepts')
  },
}
