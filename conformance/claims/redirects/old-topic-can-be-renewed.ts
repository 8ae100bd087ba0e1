import { isSuccess } from '../../asking.ts'
import { expectAccepted, expectRefused } from '../../checks.ts'
import { type Claim, observed } from '../../claim.ts'
import { parameter } from '../../peers.ts'

export const claim: Claim = {
  rows: ['MIG-07'],
  level: 'MAY',
  section: '5.2',
  title: 'A renewal for a topic that has moved is verified, or refused',
  sends: 'a subscription request for a topic that was seen to redirect',
  expects: 'a verification, a denial, or a 4xx; whether a refusal names the new URL is noted',
  presupposes: ['subscription/can-be-repeated', 'redirects/old-topic-is-served', 'validation/may-want-the-self-url'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const moved = context.topic({ content: 'Here now.' })
    topic.serves({ status: 301, headers: [['Location', moved.url]] })
    expectAccepted(await context.ping(topic), 'a ping')
    await context.noted(await callback.delivery())
    const named = (reason: string) => `${reason.includes(moved.url) ? 'names' : 'does not name'} the new topic`
    const answer = await context.subscribe(topic, callback)
    if (!isSuccess(answer)) {
      expectRefused(answer, 'the renewal')
      return observed(`it refuses the renewal with ${answer.status} and ${named(answer.text)}`)
    }
    const told = () => callback.verifications.length > 1 || callback.denials.length > 0
    await context.until(told, { expected: 'a verification or a denial', withinMs: context.timing.verifyMs })
    const [denial] = callback.denials
    if (denial === undefined) return observed('it verifies the renewal')
    return observed(`it denies the renewal and ${named(parameter(denial, 'hub.reason') ?? '')}`)
  },
}
