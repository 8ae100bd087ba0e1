import { type Claim, observed } from '../../claim.ts'
import type { Context } from '../../context.ts'
import { endingLease, leaseTold, passEnd } from '../../leases.ts'

const askedSeconds = 4
const watchableSeconds = 20

export const claim: Claim = {
  rows: ['LEASE-15', 'VER-24'],
  level: 'compat',
  section: '0.3 §6.3',
  title: 'A hub may verify again by itself before a lease ends: old subscribers never renew theirs',
  sends: `a subscription with hub.lease_seconds=${askedSeconds}, and one without; nothing more`,
  expects: 'either, for each of the two',
  presupposes: ['lease/ends', 'verification/is-not-repeated'],
  async run(context) {
    const [asked, own] = await Promise.all([watchAsked(context), watchOwn(context)])
    return observed(`a lease that was asked for ${asked}; its own lease ${own}`)
  },
}

async function watchAsked(context: Context): Promise<string> {
  const lease = await endingLease(context, askedSeconds)
  await passEnd(context, lease)
  return became(lease.callback.verifications.length)
}

async function watchOwn(context: Context): Promise<string> {
  const { callback, verification } = await context.subscribed()
  const seconds = leaseTold(verification)
  if (seconds > watchableSeconds) return `is ${seconds} s, too long to be watched`
  await passEnd(context, { endsAtMs: verification.atMs + seconds * context.timing.secondMs })
  return became(callback.verifications.length)
}

function became(verifications: number): string {
  return verifications > 1 ? 'is verified again before its end' : 'ends'
}
