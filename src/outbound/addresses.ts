import { BlockList, isIP } from 'node:net'

/** Which addresses an operator opened or closed, as CIDR ranges or single addresses. */
export interface AddressRules {
  /** Allowed though private, for topics and callbacks alike. */
  readonly outboundAllow: readonly string[]
  /** Never dialled, whatever is allowed. */
  readonly outboundDeny: readonly string[]
  /** Allowed for fetches of topics only. */
  readonly topicAllow: readonly string[]
  /** Allowed for verifications, denials and deliveries only. */
  readonly callbackAllow: readonly string[]
  /** Whether 127.0.0.0/8 and ::1 may be dialled: somebody's laptop (design §5). */
  readonly loopbackAllowed: boolean
}

/** Two lists, because a topic inside the network is no reason to let anybody's callback point there (SEC-03). */
export type Audience = 'topic' | 'callback'

/** Tells why an address may not be dialled: words that fit after "which is", or undefined where it may be. */
export type AddressGate = (address: string, audience: Audience) => string | undefined

/**
 * Judges an IP address in any notation `net.isIP` knows. An IPv6 address that carries an IPv4 address (mapped, NAT64, 6to4,
 * Teredo) has to pass as both, so that opening 64:ff9b::/96 for a network with DNS64 does not open 127.0.0.1 behind it.
 */
export function createAddressGate(rules: AddressRules): AddressGate {
  const denied = rangesOf(rules.outboundDeny)
  const loopback = rules.loopbackAllowed ? loopbackRanges : []
  const allowed = {
    topic: rangesOf([...rules.outboundAllow, ...rules.topicAllow, ...loopback]),
    callback: rangesOf([...rules.outboundAllow, ...rules.callbackAllow, ...loopback]),
  }
  return (address, audience) => {
    const carried = carriedIpv4(address)
    const all = carried === undefined ? [address] : [address, carried]
    if (all.some((each) => contains(denied, each))) return 'closed by OUTBOUND_DENY'
    for (const each of all) {
      if (contains(allowed[audience], each)) continue
      const reason = standardReason(each)
      if (reason !== undefined) return reason
    }
    return undefined
  }
}

/**
 * Reads CIDR ranges and single addresses, separated by commas or white space.
 *
 * @throws {Error} whose message names the first entry that is neither.
 */
export function parseCidrs(text: string): readonly string[] {
  const ranges = text.split(/[\s,]+/).filter((range) => range !== '')
  rangesOf(ranges)
  return ranges
}

const loopbackRanges = ['127.0.0.0/8', '::1/128']

/** The IANA special-purpose registries (RFC 6890 and its updates) and the metadata services outside them, the particular first. */
const standardRanges: readonly (readonly [reason: string, ranges: Ranges])[] = [
  [
    'a metadata service',
    // AWS, Google and most others; AWS ECS; Alibaba; Oracle; Azure's wire server, which is a public address; AWS over IPv6.
    rangesOf(['169.254.169.254', '169.254.170.2', '100.100.100.200', '192.0.0.192', '168.63.129.16', 'fd00:ec2::254']),
  ],
  ['a loopback address', rangesOf(loopbackRanges)],
  ['an unspecified address', rangesOf(['0.0.0.0/8', '::/128'])],
  ['a private address', rangesOf(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10'])],
  ['a link-local address', rangesOf(['169.254.0.0/16', 'fe80::/10'])],
  ['a carrier-grade NAT address', rangesOf(['100.64.0.0/10'])],
  ['a multicast or broadcast address', rangesOf(['224.0.0.0/4', '255.255.255.255', 'ff00::/8'])],
  ['an IPv4 address in IPv6 clothing', rangesOf(['::ffff:0:0/96', '::ffff:0:0:0/96', '::/96'])],
  ['a NAT64 address', rangesOf(['64:ff9b::/96', '64:ff9b:1::/48'])],
  ['a 6to4 address', rangesOf(['192.88.99.0/24', '2002::/16'])],
  ['a Teredo address', rangesOf(['2001::/32'])],
  [
    'a documentation or benchmarking address',
    rangesOf(['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '198.18.0.0/15', '2001:db8::/32', '3fff::/20']),
  ],
  // Of IPv6 only 2000::/3 is given out at all; the rest is written as its complement.
  ['a reserved address', rangesOf(['192.0.0.0/24', '240.0.0.0/4', '2001::/23', '::/3', '4000::/2', '8000::/1'])],
]

function standardReason(address: string): string | undefined {
  return standardRanges.find(([, ranges]) => contains(ranges, address))?.[0]
}

/** Kept apart by family: one BlockList would find every IPv4 address in `::ffff:0:0/96`. */
interface Ranges {
  readonly ipv4: BlockList
  readonly ipv6: BlockList
}

function contains(ranges: Ranges, address: string): boolean {
  return isIP(address) === 6 ? ranges.ipv6.check(address, 'ipv6') : ranges.ipv4.check(address, 'ipv4')
}

function rangesOf(cidrs: readonly string[]): Ranges {
  const ranges = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const cidr of cidrs) addRange(ranges, cidr)
  return ranges
}

function addRange(ranges: Ranges, cidr: string): void {
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(cidr) ?? []
  const family = isIP(address)
  const bitsMax = family === 6 ? 128 : 32
  const prefixBits = bits === undefined ? bitsMax : Number(bits)
  if (family === 0 || address.includes('%') || prefixBits > bitsMax) {
    throw new Error(`'${cidr}' is not an address range such as 10.0.0.0/8, 192.0.2.7 or fd00::/8`)
  }
  if (family === 6) ranges.ipv6.addSubnet(address, prefixBits, 'ipv6')
  else ranges.ipv4.addSubnet(address, prefixBits, 'ipv4')
}

/** The IPv4 address inside an IPv6 one: mapped and NAT64 end with it, 6to4 begins with it, Teredo ends with its complement. */
function carriedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined
  const groups = groupsOf(address)
  const start = groups.slice(0, 6).join(':')
  if (start === '0:0:0:0:0:ffff' || start === '0:0:0:0:ffff:0' || start === '64:ff9b:0:0:0:0') return dotted(groups, 6)
  if (groups[0] === '2002') return dotted(groups, 1)
  if (groups[0] === '2001' && groups[1] === '0') return dotted(groups, 6, 0xffff)
  return undefined
}

/** The eight groups of an IPv6 address, in lower-case hexadecimal without leading zeros. */
function groupsOf(address: string): readonly string[] {
  // The URL parser writes every IPv6 address in the one form of RFC 5952, so only `::` is left to fill in.
  const canonical = new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1)
  const [left = '', right] = canonical.split('::')
  const before = left === '' ? [] : left.split(':')
  const after = right === undefined || right === '' ? [] : right.split(':')
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
}

function dotted(groups: readonly string[], at: number, mask = 0): string {
  const [high = 0, low = 0] = groups.slice(at, at + 2).map((group) => Number.parseInt(group, 16) ^ mask)
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}
