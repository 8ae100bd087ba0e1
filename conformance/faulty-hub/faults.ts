import { denialFaults } from './faults/denial.ts'
import { discoveryFaults } from './faults/discovery.ts'
import { distributionFaults } from './faults/distribution.ts'
import { draftsFaults } from './faults/drafts.ts'
import { fatPublishingFaults } from './faults/fat-publishing.ts'
import { fetchingFaults } from './faults/fetching.ts'
import { fragmentsFaults } from './faults/fragments.ts'
import { leaseFaults } from './faults/lease.ts'
import { publishingFaults } from './faults/publishing.ts'
import { redirectsFaults } from './faults/redirects.ts'
import { reductionFaults } from './faults/reduction.ts'
import { retryFaults } from './faults/retry.ts'
import { securityFaults } from './faults/security.ts'
import { signingFaults } from './faults/signing.ts'
import { subscriptionFaults } from './faults/subscription.ts'
import { unsubscriptionFaults } from './faults/unsubscription.ts'
import { validationFaults } from './faults/validation.ts'
import { verificationFaults } from './faults/verification.ts'

/** Whether a fault is switched on. */
export type Has = (fault: FaultName) => boolean

/** All faults there are, by the group of the claims that notice them. */
export const faults = {
  ...discoveryFaults,
  ...subscriptionFaults,
  ...validationFaults,
  ...verificationFaults,
  ...denialFaults,
  ...unsubscriptionFaults,
  ...leaseFaults,
  ...publishingFaults,
  ...fatPublishingFaults,
  ...fetchingFaults,
  ...distributionFaults,
  ...reductionFaults,
  ...signingFaults,
  ...retryFaults,
  ...redirectsFaults,
  ...securityFaults,
  ...fragmentsFaults,
  ...draftsFaults,
}

export type FaultName = keyof typeof faults

export function isFault(name: string): name is FaultName {
  return Object.hasOwn(faults, name)
}
