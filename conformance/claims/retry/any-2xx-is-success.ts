import type { Claim } from '../../claim.ts'
import { callbackApart, expectDeliveredOnce } from '../../retries.ts'
import type { Answer } from '../../server.ts'

const answers: readonly (Answer & { readonly status: number })[] = [
  { status: 200, headers: [['Content-Type', 'application/json']], body: '{"error":"this is no error"}' },
  { status: 200 },
  { status: 201, headers: [['Location', '/elsewhere']], body: 'made' },
  { status: 202, headers: [['Content-Type', 'text/html']], body: '<h1>500 Internal Server Error</h1>' },
  { status: 204 },
  { status: 206, body: 'a part' },
  { status: 299, body: 'whatever' },
]

export const claim: Claim = {
  rows: ['RETRY-01'],
  level: 'MUST*',
  section: '7',
  title: 'A delivery answered with any 2xx has succeeded, whatever the body says',
  sends: `deliveries answered with ${answers.map(({ status }) => status).join(', ')} and odd bodies, and one with 500`,
  expects: 'one POST to each, while the callback that answered 500 gets a second',
  presupposes: ['retry/tries-again'],
  async run(context) {
    const topic = context.topic()
    const callbacks = await Promise.all(
      answers.map(async (answer) => {
        const callback = await callbackApart(context)
        callback.onDelivery(answer)
        await context.subscribed({ topic, callback })
        return { callback, whom: `the callback that answered ${answer.status}` }
      }),
    )
    await expectDeliveredOnce(context, { topic, callbacks })
  },
}
