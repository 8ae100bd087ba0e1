import { expectNoDelivery } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'

const statuses = [301, 302, 303, 307, 308]

export const claim: Claim = {
  rows: ['VER-11', 'MIG-12'],
  level: 'MUST',
  section: '5.3.1',
  title: 'A redirect in answer to a verification is not followed, and confirms nothing',
  sends: `subscriptions whose callbacks redirect with ${statuses.join(', ')} to one that echoes the challenge; then a ping`,
  expects: 'no request to the redirect’s target, and no delivery',
  presupposes: ['publishing/is-delivered', 'verification/only-2xx-confirms'],
  async run(context) {
    const topic = context.topic()
    const target = context.callback()
    const silent = statuses.map((status) => {
      const callback = context.callback()
      callback.onVerification(({ query }) => ({ status, headers: [['Location', `${target.url}?${query}`]] }))
      return { callback, whom: `the callback that answered ${status}` }
    })
    await Promise.all(
      silent.map(async ({ callback }) => {
        await context.subscribe(topic, callback)
        await context.noted(await callback.verification())
      }),
    )
    await expectNoDelivery(context, topic, silent)
    const found = `${target.requests.length} requests`
    expect(
      target.requests.length === 0,
      { expected: 'no request to where a redirect leads', found },
      ...target.requests,
    )
  },
}
