import { type Claim, expect } from '../../claim.ts'
import { atom, namesIn, told } from '../../feeds.ts'
import type { Arrival } from '../../peers.ts'
import { callbackApart, retryMs } from '../../retries.ts'

export const claim: Claim = {
  rows: ['DIFF-02', 'DIFF-14'],
  level: 'MUST*',
  section: '7',
  title: 'Entries of a delivery that failed are delivered with a later one: nothing is delivered before a 2xx',
  sends:
    'a ping for a feed with entry a, then one that adds b, which the callback answers with 500, then one that adds c',
  expects: 'deliveries that the callback accepts, and that hold b and c between them',
  presupposes: ['reduction/leaves-out-what-was-delivered', 'retry/tries-again'],
  knobs: ['reducingHub'],
  async run(context) {
    const { subscribed, publish, until } = context.toward(context.knobs.reducingHub ?? '')
    const subscriber = await callbackApart(context)
    const accepted: Arrival[] = []
    const failed: Arrival[] = []
    subscriber.onDelivery((arrival) => {
      const fails = failed.length === 0 && namesIn(arrival.text).includes('b')
      ;(fails ? failed : accepted).push(arrival)
      return { status: fails ? 500 : 204 }
    })
    const { topic: feed } = await subscribed({ topic: context.topic({ type: atom.type }), callback: subscriber })
    await publish(feed, atom.write([{ name: 'a' }]))
    await subscriber.delivery()
    await publish(feed, atom.write([{ name: 'b' }, { name: 'a' }]))
    await context.noted(await subscriber.delivery())
    await publish(feed, atom.write([{ name: 'c' }, { name: 'b' }, { name: 'a' }]))
    const had = () => accepted.flatMap(({ text }) => namesIn(text))
    await until(() => had().includes('c'), { expected: 'a delivery with c', withinMs: retryMs(context) })
    expect(had().includes('b'), { expected: 'entry b, whose delivery had failed', found: told(had()) }, ...accepted)
  },
}
