import { isSuccess } from '../../asking.ts'
import { expectAccepted, expectRefused } from '../../checks.ts'
import { type Claim, expect, observed } from '../../claim.ts'
import { parameter, type Topic } from '../../peers.ts'
import type { Exchange } from '../../wire.ts'

export const claim: Claim = {
  rows: ['MIG-07'],
  level: 'MAY',
  section: '5.2',
  title: 'A renewal for a topic that has moved is verified, or refused with a reason that names the new one',
  sends: 'a subscription request for a topic that was seen to redirect',
  expects: 'a verification, or a denial whose hub.reason has the new URL, or a 4xx whose body has',
  presupposes: ['subscription/can-be-repeated', 'redirects/old-topic-is-served', 'validation/may-want-the-self-url'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const moved = context.topic({ content: 'Here now.' })
    topic.serves({ status: 301, headers: [['Location', moved.url]] })
    expectAccepted(await context.ping(topic), 'a ping')
    await context.noted(await callback.delivery())
    const answer = await context.subscribe(topic, callback)
    if (!isSuccess(answer)) {
      expectRefused(answer, 'the renewal')
      expectNamed(moved, answer.text, answer)
      return observed(`it refuses the renewal with ${answer.status} and names the new topic`)
    }
    const told = () => callback.verifications.length > 1 || callback.denials.length > 0
    await context.until(told, { expected: 'a verification or a denial', withinMs: context.timing.verifyMs })
    const [denial] = callback.denials
    if (denial === undefined) return observed('it verifies the renewal')
    expectNamed(moved, parameter(denial, 'hub.reason') ?? 'no hub.reason', denial)
    return observed('it denies the renewal and names the new topic')
  },
}

function expectNamed({ url }: Topic, found: string, where: { readonly exchange: Exchange }): void {
  expect(found.includes(url), { expected: `a reason that names ${url}`, found }, where)
}
