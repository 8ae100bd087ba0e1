import type { Config } from '../config.ts'
import { RequestRefused } from '../refusal.ts'

/** How long a subscription shall run, and who chose it: whoever did decides when it ends. */
export interface Lease {
  readonly asked: boolean
  readonly seconds: number
}

/**
 * The seconds the hub grants for the `hub.lease_seconds` of a request (§5.1). Too short or too long is clamped, since the
 * verification tells the subscriber the result (§5.3); never perpetual (§5.3.1).
 *
 * @param asked the parameter's value, or undefined where it is absent or empty
 * @throws {RequestRefused} where the value is not a positive decimal integer.
 */
export function grantedLease(asked: string | undefined, config: Config): Lease {
  if (asked === undefined) return { asked: false, seconds: config.LEASE_SECONDS_DEFAULT }
  if (!/^[0-9]*[1-9][0-9]*$/.test(asked)) {
    throw new RequestRefused(
      'hub.lease_seconds must be a positive whole number of seconds, in decimal digits alone, such as 864000.',
      { parameter: 'hub.lease_seconds' },
    )
  }
  // Hundreds of digits become Infinity, which the maximum clamps like any other number.
  const seconds = Math.min(Math.max(Number(asked), config.LEASE_SECONDS_MIN), config.LEASE_SECONDS_MAX)
  return { asked: true, seconds }
}

/** Whether the hub shall verify again by itself before such a lease ends (design §4). */
export function isRenewedByHub(leaseAsked: boolean, config: Config): boolean {
  return leasesRenewed(config).includes(leaseAsked)
}

/** The leases the hub renews by itself, by whether the subscriber asked for their length. */
export function leasesRenewed(config: Config): readonly boolean[] {
  switch (config.LEASE_RENEWAL) {
    case 'always':
      return [true, false]
    case 'unasked':
      return [false]
    case 'off':
      return []
  }
}

/**
 * When the hub renews: a twentieth of the lease before its end, at least ten minutes, at most half the lease. Up to half
 * as much earlier by chance, so that leases taken together are not renewed together.
 *
 * @param random a number in [0, 1)
 * @returns an instant after the lease's beginning and before its end
 */
export function renewalInstant(endsAt: Date, seconds: number, random: number): Date {
  const leaseMs = seconds * 1000
  const aheadMs = Math.min(Math.max(leaseMs / 20, aheadMsMin), leaseMs / 2)
  return new Date(endsAt.getTime() - Math.ceil(aheadMs * (1 + random / 2)))
}

const aheadMsMin = 10 * 60_000
