import { type Claim, expect, observed } from '../../claim.ts'
import type { Context } from '../../context.ts'
import type { Callback } from '../../peers.ts'
import { callbackApart, retry } from '../../retries.ts'

const callbacks = 4

export const claim: Claim = {
  rows: ['RETRY-09'],
  level: 'hardening',
  section: '7',
  title: 'The pauses between retries grow',
  sends: `an update to each of ${callbacks} callbacks that answer 500 until it has been given up`,
  expects: 'last pauses that are, taken together, longer than the first; how often and when it was tried is noted',
  presupposes: ['retry/tries-again'],
  knobs: ['givesUpWithinMs'],
  async run(context) {
    const failing: Callback[] = []
    for (let at = 0; at < callbacks; at++) failing.push(await failOnce(context))
    await context.settle(context.knobs.givesUpWithinMs)
    const pauses = failing.map(({ deliveries }) =>
      deliveries.slice(1).map(({ atMs }, at) => atMs - (deliveries[at]?.atMs ?? 0)),
    )
    const [first, last] = [sum(pauses.map((each) => each[0] ?? 0)), sum(pauses.map((each) => each.at(-1) ?? 0))]
    const found = `tried after ${(pauses[0] ?? []).map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', then after ')}`
    expect(pauses.every(({ length }) => length < 2) || last > first, { expected: 'pauses that grow', found })
    return observed(found)
  },
}

/** One that has been tried again: the next begins later, so that what holds all up for a moment is not in all the first pauses. */
async function failOnce(context: Context): Promise<Callback> {
  const callback = await callbackApart(context)
  callback.onDelivery({ status: 500 })
  const { topic } = await context.subscribed({ callback })
  await context.publish(topic)
  await callback.delivery()
  await retry(context, callback)
  return callback
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
