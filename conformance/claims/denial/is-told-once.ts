import type { Claim } from '../../claim.ts'
import { denied } from '../../denials.ts'

const statuses = [200, 302, 404, 410]

export const claim: Claim = {
  rows: ['DEN-08'],
  level: 'hardening',
  section: '5.2',
  title: 'A denial that was answered is not sent again, whatever was answered',
  sends: `subscription requests to a hub that refuses every topic; the callbacks answer the denial with ${statuses.join(', ')}`,
  expects: 'one denial each',
  presupposes: ['validation/refusal-is-told'],
  knobs: ['closedHub'],
  async run(context) {
    const { noted, stays, timing, knobs } = context
    await Promise.all(
      statuses.map(async (status) => {
        const { callback, denial } = await denied(context, { answering: { status } })
        await noted(denial)
        await stays(() => callback.denials.length === 1, {
          expected: `one denial though it was answered with ${status}`,
          found: () => `${callback.denials.length}`,
          forMs: Math.max(timing.quietMs, knobs.verifyRetryWithinMs ?? 0),
        })
      }),
    )
  },
}
