import { type Claim, expect, observed } from '../../claim.ts'
import { callbackApart, retry } from '../../retries.ts'

const callbacks = 4

export const claim: Claim = {
  rows: ['RETRY-09'],
  level: 'hardening',
  section: '7',
  title: 'The pauses between retries grow',
  sends: `an update that ${callbacks} callbacks answer with 500 until it has been given up`,
  expects: 'last pauses that are, taken together, longer than the first; how often and when it was tried is noted',
  presupposes: ['retry/tries-again'],
  knobs: ['givesUpWithinMs'],
  async run(context) {
    const topic = context.topic()
    const failing = await Promise.all(
      Array.from({ length: callbacks }, async () => {
        const callback = await callbackApart(context)
        callback.onDelivery({ status: 500 })
        await context.subscribed({ topic, callback })
        return callback
      }),
    )
    await context.publish(topic)
    await Promise.all(failing.map(async (callback) => [await callback.delivery(), await retry(context, callback)]))
    await context.pass(context.knobs.givesUpWithinMs ?? 0)
    const pauses = failing.map(({ deliveries }) =>
      deliveries.slice(1).map(({ atMs }, at) => atMs - (deliveries[at]?.atMs ?? 0)),
    )
    const [first, last] = [sum(pauses.map((each) => each[0] ?? 0)), sum(pauses.map((each) => each.at(-1) ?? 0))]
    const found = `tried after ${(pauses[0] ?? []).map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', then after ')}`
    expect(pauses.every(({ length }) => length < 2) || last > first, { expected: 'pauses that grow', found })
    return observed(found)
  },
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
