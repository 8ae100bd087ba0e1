import type { Claim } from '../../claim.ts'

const statuses = [301, 302, 303, 307, 308]

export const claim: Claim = {
  rows: ['RETRY-03', 'MIG-12'],
  level: 'MUST',
  section: '7',
  title: 'A redirect in answer to a delivery is not followed',
  sends: `deliveries answered with ${statuses.join(', ')}, with a Location on the same origin and on another`,
  expects: 'no request of any kind at those locations',
  presupposes: ['distribution/reaches-each-subscription'],
  async run(context) {
    const topic = context.topic()
    const redirects = await Promise.all(
      statuses.flatMap((status) =>
        [true, false].map(async (within) => {
          const at = await context.elsewhere()
          const callback = context.callback({ at })
          const target = within ? context.callback({ at }) : context.callback()
          callback.onDelivery({ status, headers: [['Location', target.url]] })
          await context.subscribed({ topic, callback })
          return { status, callback, target }
        }),
      ),
    )
    await context.publish(topic)
    await Promise.all(redirects.map(async ({ callback }) => context.noted(await callback.delivery())))
    const followed = () => redirects.filter(({ target }) => target.requests.length > 0)
    await context.stays(() => followed().length === 0, {
      expected: 'no request where a redirect leads',
      found: () =>
        `one after ${followed()
          .map(({ status }) => status)
          .join(', ')}`,
    })
  },
}
