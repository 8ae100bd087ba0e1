import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { expectNothingCame, handOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-09'],
  level: 'hardening',
  section: '7',
  title: 'Content in a coding that the hub cannot undo is refused, not handed on blindly',
  sends: 'content with Content-Encoding: x-suite',
  expects: 'a 4xx such as 415, and nothing delivered',
  presupposes: ['fat-publishing/is-delivered', 'subscription/errors-are-the-clients'],
  knobs: ['publisherKey'],
  async run(context) {
    const keyed = await subscribedToKeyed(context)
    const headers = [['Content-Encoding', 'x-suite']] as const
    const answer = await handOver(context, { topic: keyed.topic, body: 'Sealed.', headers })
    expectRefused(answer, 'content in an unknown coding')
    await expectNothingCame(context, keyed)
  },
}
