import { expectAccepted } from '../../checks.ts'
import { type Claim, expect, observed } from '../../claim.ts'
import { parameter } from '../../peers.ts'

export const claim: Claim = {
  rows: ['MIG-07'],
  level: 'MAY',
  section: '5.2',
  title: 'A renewal for a topic that has moved is verified, or denied with a reason that names the new one',
  sends: 'a subscription request for a topic that was seen to redirect',
  expects: 'a verification, or a denial whose hub.reason has the new URL',
  presupposes: ['redirects/old-topic-is-served', 'validation/may-want-the-self-url'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const moved = context.topic({ content: 'Here now.' })
    topic.serves({ status: 301, headers: [['Location', moved.url]] })
    expectAccepted(await context.ping(topic), 'a ping')
    await context.noted(await callback.delivery())
    expectAccepted(await context.subscribe(topic, callback), 'the renewal')
    const told = () => callback.verifications.length > 1 || callback.denials.length > 0
    await context.until(told, { expected: 'a verification or a denial', withinMs: context.timing.verifyMs })
    const [denial] = callback.denials
    if (denial === undefined) return observed('it verifies the renewal')
    const found = parameter(denial, 'hub.reason') ?? 'no hub.reason'
    expect(found.includes(moved.url), { expected: `a reason that names ${moved.url}`, found }, denial)
    return observed('it denies the renewal and names the new topic')
  },
}
