import { Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'

/** Where names are looked up; what is left out comes from the machine. */
export interface NameSettings {
  /** DNS servers, `address` or `address:port`, in place of those of resolv.conf. */
  readonly resolvers?: readonly string[]
  readonly hostsFile?: string
  /** Domains tried after a short name, in place of `search` in resolv.conf. */
  readonly searchList?: readonly string[]
  /** A clock in milliseconds that never jumps. */
  readonly monotonicMs?: () => number
}

/** All addresses of a name, IPv4 first; or why there are none, in words that fit after the name. */
export type Resolution =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'none'; readonly why: string }

export interface Names {
  /** Joined with a look-up of the same name that is already under way; kept as long as its records live, at most a minute. */
  resolve(name: string): Promise<Resolution>
  close(): void
}

/**
 * Looks names up as the machine would: `localhost` by RFC 6761 §6.3, then the hosts file, then DNS with the search list. DNS is
 * asked by c-ares and not by `dns.lookup`, whose four threads one dead resolver fills.
 */
export function createNames(settings: NameSettings = {}): Names {
  const monotonicMs = settings.monotonicMs ?? (() => performance.now())
  const kept = new Map<string, { readonly resolution: Resolution; readonly untilMs: number }>()
  const underWay = new Map<string, Promise<Resolution>>()
  const machine = createMachine(settings, monotonicMs)

  async function lookUp(name: string): Promise<Resolution> {
    try {
      const { resolution, keptMs } = await resolveUncached(name, await machine.read())
      if (keptMs > 0) keep(name, resolution, keptMs)
      return resolution
    } finally {
      underWay.delete(name)
    }
  }

  function keep(name: string, resolution: Resolution, keptMs: number): void {
    kept.delete(name)
    kept.set(name, { resolution, untilMs: monotonicMs() + keptMs })
    const [oldest] = kept.keys()
    if (kept.size > namesKeptMax && oldest !== undefined) kept.delete(oldest)
  }

  return {
    resolve(name) {
      const found = kept.get(name)
      if (found !== undefined && found.untilMs > monotonicMs()) return Promise.resolve(found.resolution)
      const running = underWay.get(name) ?? lookUp(name)
      underWay.set(name, running)
      return running
    },
    close: () => machine.close(),
  }
}

/** `localhost` and everything below it, which no resolver is asked about (RFC 6761 §6.3). */
export function isLocalhost(name: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(name)
}

const namesKeptMax = 10_000
/** Long enough for a burst of deliveries, whatever a name's owner says; short enough to follow a move. */
const keptMsMin = 1000
const keptMsMax = 60_000
/** A name that does not exist is remembered for a moment only: it may just be being set up. */
const absentKeptMs = 5000
/** How long an answer with addresses waits for the other family's: some DNS servers drop every AAAA question. */
const otherFamilyMs = 500

interface Uncached {
  readonly resolution: Resolution
  /** 0: a failure of the moment, not to be kept. */
  readonly keptMs: number
}

async function resolveUncached(name: string, machine: Machine): Promise<Uncached> {
  if (isLocalhost(name)) return found(['127.0.0.1', '::1'], keptMsMax)
  const local = machine.hosts.get(name.replace(/\.$/, '').toLowerCase())
  if (local !== undefined) return found(local, keptMsMin)
  let last: Uncached = none('does not exist', absentKeptMs)
  for (const candidate of candidatesOf(name, machine)) {
    last = await ask(machine.resolver, candidate)
    if (last.keptMs === 0 || last.resolution.kind === 'addresses') return last
  }
  return last
}

/** The order of resolv.conf(5): a name with `ndots` dots is tried as it is first, a shorter one with the search list first. */
function candidatesOf(name: string, { searchList, ndots }: Machine): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const searched = searchList.map((domain) => `${name}.${domain}`)
  return name.split('.').length > ndots ? [name, ...searched] : [...searched, name]
}

async function ask(resolver: Resolver, name: string): Promise<Uncached> {
  const ipv4 = answerOf(resolver.resolve4(name, { ttl: true }))
  const ipv6 = answerOf(resolver.resolve6(name, { ttl: true }))
  await Promise.any([ipv4, ipv6].map(withAddresses)).catch(() => undefined)
  const answers = await Promise.all([ipv4, ipv6].map(soon))
  const records = answers.flatMap((answer) => (Array.isArray(answer) ? answer : []))
  if (records.length > 0) {
    const secondsLeast = Math.min(...records.map(({ ttl }) => ttl))
    return found(
      records.map(({ address }) => address),
      Math.min(Math.max(secondsLeast * 1000, keptMsMin), keptMsMax),
    )
  }
  const failure = answers.find((answer) => typeof answer === 'string' && !absent.has(answer))
  return failure === undefined ? none('does not exist', absentKeptMs) : none(`could not be looked up (${failure})`, 0)
}

type DnsAnswer = readonly { readonly address: string; readonly ttl: number }[] | string

/** Node's names for NXDOMAIN, NODATA and names that DNS cannot hold. */
const absent = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])

/** The records, or the code of what went wrong. */
async function answerOf(records: Promise<Exclude<DnsAnswer, string>>): Promise<DnsAnswer> {
  try {
    return await records
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

/** Rejects where this family has no addresses: then the other's answer decides. */
async function withAddresses(answer: Promise<DnsAnswer>): Promise<void> {
  if (typeof (await answer) === 'string') throw new Error('no addresses')
}

/** The answer if it comes within `otherFamilyMs`. */
function soon(answer: Promise<DnsAnswer>): Promise<DnsAnswer> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, otherFamilyMs, 'ETIMEOUT')
    void answer.then((records) => {
      clearTimeout(timer)
      resolve(records)
    })
  })
}

function found(addresses: readonly string[], keptMs: number): Uncached {
  return { resolution: { kind: 'addresses', addresses }, keptMs }
}

function none(why: string, keptMs: number): Uncached {
  return { resolution: { kind: 'none', why }, keptMs }
}

/** What the machine says about names. */
interface Machine {
  readonly hosts: ReadonlyMap<string, readonly string[]>
  readonly searchList: readonly string[]
  readonly ndots: number
  readonly resolver: Resolver
}

/** Both files are read again when older than this: containers and laptops change networks under a running process. */
const machineReadAgainMs = 10_000

function createMachine(settings: NameSettings, monotonicMs: () => number) {
  let resolver = createResolver(settings)
  let configuration: string | undefined
  let known: { readonly machine: Promise<Machine>; readonly untilMs: number } | undefined

  async function readFiles(): Promise<Machine> {
    const [hosts, resolvConf] = await Promise.all([
      readIfThere(settings.hostsFile ?? '/etc/hosts'),
      readIfThere('/etc/resolv.conf'),
    ])
    // c-ares reads resolv.conf once, when it is made. What it still has under way ends by itself.
    if (configuration !== undefined && configuration !== resolvConf) resolver = createResolver(settings)
    configuration = resolvConf
    return { hosts: parseHosts(hosts), ...parseSearch(resolvConf, settings), resolver }
  }

  return {
    read(): Promise<Machine> {
      if (known === undefined || known.untilMs <= monotonicMs()) {
        known = { machine: readFiles(), untilMs: monotonicMs() + machineReadAgainMs }
      }
      return known.machine
    },
    close: () => resolver.cancel(),
  }
}

function createResolver({ resolvers }: NameSettings): Resolver {
  const resolver = new Resolver({ timeout: 2500, tries: 3 })
  if (resolvers !== undefined) resolver.setServers(resolvers)
  return resolver
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}

/** hosts(5): an address, then its names; `#` begins a comment. */
function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, readonly string[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/)
    if (isIP(address) === 0) continue
    for (const name of names.map((each) => each.toLowerCase())) hosts.set(name, [...(hosts.get(name) ?? []), address])
  }
  return hosts
}

/** resolv.conf(5): the last `search` or `domain` counts; `options ndots:n` is 1 unless given. */
function parseSearch(text: string, settings: NameSettings): Pick<Machine, 'searchList' | 'ndots'> {
  const search = [...text.matchAll(/^\s*(?:search|domain)\s+(.*)$/gm)].at(-1)?.[1] ?? ''
  const ndots = /^\s*options\s.*\bndots:(\d+)/m.exec(text)?.[1]
  return {
    searchList: settings.searchList ?? search.split(/\s+/).filter((domain) => domain !== '' && domain !== '.'),
    ndots: ndots === undefined ? 1 : Number(ndots),
  }
}
