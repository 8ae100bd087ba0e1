import { expectAccepted, fetchAfterPing } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['FETCH-14'],
  level: 'hardening',
  section: '6',
  title: 'A topic is not fetched twice at the same time',
  sends: 'five pings for a topic that keeps its fetch waiting',
  expects: 'never two fetches that are open at once',
  presupposes: [
    'publishing/answers-before-it-fetches',
    'publishing/may-poll',
    'validation/first-ping-is-always-delivered',
  ],
  holds: true,
  async run(context) {
    const { topic, callback } = await context.subscribed()
    const released = Promise.withResolvers<void>()
    topic.serves({ headers: topic.headers, body: 'Something new.', until: released.promise })
    const open = () => topic.fetches.filter(({ endedAtMs }) => endedAtMs === undefined)
    await fetchAfterPing(context, topic)
    for (let sent = 0; sent < 4; sent++) expectAccepted(await context.ping(topic), 'a ping during the fetch')
    await context.stays(() => open().length <= 1, {
      expected: 'one fetch open at a time',
      found: () => `${open().length}`,
      forMs: context.timing.quietMs / 2,
    })
    released.resolve()
    await callback.delivery()
  },
}
