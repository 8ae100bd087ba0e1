import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { expectNothingCame, handOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-06'],
  level: 'hardening',
  section: '6',
  title: 'Content of no bytes is refused: it is a mistake more often than news',
  sends: 'a topic’s content with a key and an empty body',
  expects: 'a 4xx, and nothing delivered',
  presupposes: ['fat-publishing/is-delivered', 'subscription/errors-are-the-clients'],
  knobs: ['publisherKey'],
  async run(context) {
    const keyed = await subscribedToKeyed(context)
    expectRefused(await handOver(context, { topic: keyed.topic, body: '' }), 'empty content')
    await expectNothingCame(context, keyed)
  },
}
