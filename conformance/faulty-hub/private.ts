import type { Has } from './faults.ts'
import type { HubSettings } from './settings.ts'

/** Whether this hub does not call there, since it is no place of the Internet. As `URL` reads it, an address has one spelling. */
export function isRefusedAddress(url: string, { privateAddresses }: HubSettings, has: Has): boolean {
  if (privateAddresses === 'called' || has('calls-private-addresses')) return false
  if (has('knows-one-spelling-of-loopback')) return url.includes('//127.0.0.1')
  return /^(0|10|127|169\.254|192\.168)\.|^localhost$|^\[/.test(URL.parse(url)?.hostname ?? '')
}
