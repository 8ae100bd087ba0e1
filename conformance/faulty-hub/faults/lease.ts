import type { Faults } from './fault.ts'

export const leaseFaults = {
  'delivers-after-lease': { does: 'keeps delivering after the lease', fails: ['lease/ends'] },
  'lease-without-limit': { does: 'grants any lease that is asked for', fails: ['lease/always-has-an-end'] },
  'keeps-another-lease-than-it-tells': {
    does: 'tells the lease that was asked for and keeps its standard one',
    fails: ['lease/ends'],
  },
  'standard-lease-of-a-year': { does: 'grants a year to who asks for no lease', fails: ['lease/default-is-short'] },
  'refuses-long-leases': {
    does: 'refuses a lease above its limit',
    fails: ['lease/takes-what-clients-ask-for'],
  },
  'grants-what-is-no-number': {
    does: 'reads hub.lease_seconds as far as it is a number',
    fails: ['lease/refuses-what-is-no-number'],
  },
  'silent-lease-errors': {
    does: 'does not say that hub.lease_seconds was wrong',
    fails: ['lease/refuses-what-is-no-number'],
  },
  'lease-overflows': {
    does: 'keeps hub.lease_seconds in 32 bits',
    fails: ['lease/long-numbers-do-not-overflow'],
  },
  'renewal-never-shortens': {
    does: 'keeps the later of two ends when a subscription is renewed',
    fails: ['lease/renewal-can-shorten'],
  },
  'renewal-never-extends': {
    does: 'keeps the earlier of two ends when a subscription is renewed',
    fails: ['lease/renewal-can-extend'],
  },
  'failed-renewal-replaces-lease': {
    does: 'takes the lease of a renewal that was not confirmed',
    fails: ['lease/failed-renewal-keeps-the-end'],
  },
  'pauses-for-renewal': {
    does: 'delivers nothing while it waits for a renewal to be confirmed',
    fails: ['lease/leaves-no-gap'],
  },
  'denies-at-the-end': { does: 'sends a denial when a lease has ended', fails: ['lease/ends-in-silence'] },
  'retries-after-lease': {
    does: 'tries a failed delivery again though the lease has ended',
    fails: ['lease/ends-retries'],
  },
  'ends-leases-halfway': { does: 'ends a subscription at half of the lease it told', fails: ['lease/lasts'] },
} as const satisfies Faults
