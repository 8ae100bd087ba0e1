import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** What tells whose request this is: the address that connected, and what proxies wrote. */
export interface Arrival {
  readonly remoteAddress: string | undefined
  readonly headers: IncomingHttpHeaders
}

export function arrivalOf({ socket, headers }: IncomingMessage): Arrival {
  return { remoteAddress: socket.remoteAddress, headers }
}

export type ClientAddress = (arrival: Arrival) => string

/**
 * Makes the function that names the client a request came from, as rates count it: an IPv4 address, or the /64 of an IPv6
 * address, since one subscriber commonly has a whole /64.
 *
 * Only a proxy in `trusted` (addresses and CIDR ranges) is believed: from right to left, the first address that is no
 * trusted proxy is the client; what stands left of it anybody may have written. `Forwarded` (RFC 7239) is read where there
 * is no `X-Forwarded-For`.
 */
export function clientAddressBehind(trusted: readonly string[]): ClientAddress {
  const proxies = blockListOf(trusted)
  return ({ remoteAddress = '', headers }) => {
    let client = plainAddress(remoteAddress) ?? ''
    for (const hop of hopsOf(headers).reverse()) {
      if (!contains(proxies, client)) break
      const before = plainAddress(hop)
      if (before === null) break // `unknown`, an obfuscated name, or nonsense: the proxy itself is all we know.
      client = before
    }
    return rateAddress(client)
  }
}

function hopsOf({ forwarded, 'x-forwarded-for': forwardedFor }: Arrival['headers']): string[] {
  const list = Array.isArray(forwardedFor) ? forwardedFor.join(',') : forwardedFor
  if (list !== undefined) return list.split(',').map((hop) => hop.trim())
  return (forwarded ?? '').split(',').map((element) => /(?:^|;)\s*for="?([^";]+)/i.exec(element)?.[1]?.trim() ?? '')
}

/** Without port, brackets and zone; an IPv4-mapped address as IPv4. Null: no address. */
function plainAddress(text: string): string | null {
  const [, bracketed, zoned] = /^\[([^\]]+)\](?::\d+)?$|^([^%]+)(?:%.*)?$/.exec(text) ?? []
  const address = bracketed ?? zoned ?? ''
  const candidate = /^[\d.]+:\d+$/.test(address) ? address.slice(0, address.indexOf(':')) : address
  if (isIP(candidate) === 0) return null
  return /^::ffff:([\d.]+)$/i.exec(candidate)?.[1] ?? candidate
}

function rateAddress(address: string): string {
  return isIP(address) === 6 ? `${networkOf(address)}::/64` : address
}

/** The first four groups, in the URL Standard's spelling: one network, one name. */
function networkOf(address: string): string {
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return list
}

function contains(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
