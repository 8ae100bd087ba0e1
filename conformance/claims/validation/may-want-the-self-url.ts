import { isSuccess } from '../../asking.ts'
import { expectRefused } from '../../checks.ts'
import { type Claim, observed } from '../../claim.ts'
import { parameter } from '../../peers.ts'

export const claim: Claim = {
  rows: ['VAL-05'],
  level: 'MAY',
  section: '5.1.1',
  title: 'A topic that names itself by another URL may be refused',
  sends: 'a subscription request for a topic whose rel=self is another URL',
  expects: 'a verification of intent, a denial, or a 4xx',
  presupposes: ['subscription/is-verified', 'subscription/errors-are-the-clients'],
  async run({ hub, topic, callback, subscribe, until, timing }) {
    const links = [['Link', `<${hub}>; rel="hub", <${topic().url}>; rel="self"`]] as const
    const subscriber = callback()
    const answer = await subscribe(topic({ links }), subscriber)
    if (!isSuccess(answer)) {
      expectRefused(answer, 'a topic with another self')
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
