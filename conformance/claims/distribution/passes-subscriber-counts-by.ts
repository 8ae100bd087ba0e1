import type { Claim } from '../../claim.ts'
import { callbackApart, expectDeliveredOnce } from '../../retries.ts'

const values = ['12', 'abc', '']

export const claim: Claim = {
  rows: ['DIST-26', 'PSH-08'],
  level: 'compat',
  section: '0.3 §7.3',
  title: 'X-Hub-On-Behalf-Of in an answer to a delivery makes no difference, whatever its value',
  sends: `deliveries answered with 200 and X-Hub-On-Behalf-Of: ${values.map((value) => value || '(empty)').join(', ')}`,
  expects: 'one POST to each, while a callback that answered 500 gets a second',
  presupposes: ['retry/any-2xx-is-success'],
  async run(context) {
    const topic = context.topic()
    const callbacks = await Promise.all(
      values.map(async (value) => {
        const callback = await callbackApart(context)
        callback.onDelivery({ headers: [['X-Hub-On-Behalf-Of', value]] })
        await context.subscribed({ topic, callback })
        return { callback, whom: `the callback that answered with '${value}'` }
      }),
    )
    await expectDeliveredOnce(context, { topic, callbacks })
  },
}
