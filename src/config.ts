import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { parseDuration, parseRate, parseSize, type Rate, writtenDuration, writtenRate, writtenSize } from './units.ts'

/** What the hub may be told from outside. Plain data; made once, by `readConfig`. */
export type Config = Omit<z.output<typeof settings>, 'HUB_URL'> & {
  /** Exactly as publishers advertise it. */
  readonly HUB_URL: string
  /** Derived: whether loopback may be dialled at all (design §5: somebody's laptop). */
  readonly loopbackAllowed: boolean
}

/** Every setting that is wrong, one sentence each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/**
 * Reads the environment into a `Config`. An empty variable counts as unset.
 *
 * @throws {ConfigError} that names every setting that is wrong, and what would be right.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(settings.shape).map((name) => [name, environment[name]?.trim() || undefined]),
  )
  const parsed = settings.safeParse(given)
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
  }
  const config = parsed.data
  const hubUrl = config.HUB_URL ?? `http://localhost:${config.PORT}/`
  const problems = contradictions(config)
  if (problems.length > 0) throw new ConfigError(problems)
  return {
    ...config,
    HUB_URL: hubUrl,
    loopbackAllowed: isLoopback(config.HOST) && isLoopback(new URL(hubUrl).hostname.replace(/^\[|\]$/g, '')),
  }
}

/** The settings as they are written: name and value, secrets masked. */
export function describeConfig(config: Config): readonly (readonly [name: string, value: string])[] {
  return Object.entries(settings.shape).map(([name, { meta }]) => {
    const value = config[name as keyof Config]
    const unit = meta()?.unit
    if (typeof value === 'number' && unit === 'duration') return [name, writtenDuration(value)]
    if (typeof value === 'number' && unit === 'size') return [name, writtenSize(value)]
    return [name, masked(name, value)]
  })
}

/** The settings that are secrets, or hold one. */
const secrets = new Set(['SECRET_KEY', 'ADMIN_TOKEN', 'DATABASE_URL', 'OUTBOUND_PROXY'])

function masked(name: string, value: unknown): string {
  if (value === undefined) return ''
  if (name === 'DATABASE_URL' || name === 'OUTBOUND_PROXY') return String(value).replace(/\/\/[^/@]*@/, '//***@')
  if (secrets.has(name)) return '***'
  if (Array.isArray(value))
    return value.map((each) => (typeof each === 'number' ? writtenDuration(each) : each)).join(',')
  if (typeof value === 'object' && value !== null && 'periodMs' in value) return writtenRate(value as Rate)
  return String(value)
}

function contradictions(config: z.output<typeof settings>): string[] {
  const problems: string[] = []
  if (config.LEASE_SECONDS_MIN > config.LEASE_SECONDS_MAX) {
    problems.push('LEASE_SECONDS_MIN: must not be above LEASE_SECONDS_MAX')
  }
  if (
    config.LEASE_SECONDS_DEFAULT < config.LEASE_SECONDS_MIN ||
    config.LEASE_SECONDS_DEFAULT > config.LEASE_SECONDS_MAX
  ) {
    problems.push('LEASE_SECONDS_DEFAULT: must lie between LEASE_SECONDS_MIN and LEASE_SECONDS_MAX')
  }
  if (config.WORKERS > 1) {
    problems.push('WORKERS: more than 1 is not possible yet; several hubs may share one DATABASE_URL instead')
  }
  if (config.DATABASE_URL !== undefined && config.SECRET_KEY === undefined) {
    problems.push(
      "SECRET_KEY: is required with DATABASE_URL; give all hubs the same, for example from 'openssl rand -base64 32'",
    )
  }
  return problems
}

/** `localhost` and its subdomains (RFC 6761 §6.3), 127.0.0.0/8 and ::1. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  const family = isIP(host)
  if (family === 0) return false
  return loopback.check(host, family === 4 ? 'ipv4' : 'ipv6')
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** A length of time such as `15s`, in milliseconds. */
function duration(standard: string, { maxMs = 366 * 86_400_000 } = {}) {
  return z
    .string()
    .default(standard)
    .transform((text, ctx) => {
      const ms = parseDuration(text)
      if (ms !== undefined && ms > 0 && ms <= maxMs) return ms
      ctx.addIssue({ code: 'custom', message: `'${text}' is not a length of time such as 500ms, 15s, 5m, 2h or 7d` })
      return z.NEVER
    })
    .meta({ unit: 'duration' })
}

/** A whole number in a range. */
function whole(standard: number, min: number, max: number) {
  return z
    .string()
    .default(String(standard))
    .transform((text, ctx) => {
      const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
      if (number >= min && number <= max) return number
      ctx.addIssue({ code: 'custom', message: `'${text}' is not a whole number from ${min} to ${max}` })
      return z.NEVER
    })
}

/** A size such as `10MiB`, in bytes. */
function size(standard: string, min: number, max: number) {
  return z
    .string()
    .default(standard)
    .transform((text, ctx) => {
      const bytes = parseSize(text)
      if (bytes !== undefined && bytes >= min && bytes <= max) return bytes
      ctx.addIssue({
        code: 'custom',
        message: `'${text}' is not a size from ${min} to ${max} bytes, such as 64KiB or 10MiB`,
      })
      return z.NEVER
    })
    .meta({ unit: 'size' })
}

/** A limit such as `200/1s`. */
function rate(standard: string) {
  return z
    .string()
    .default(standard)
    .transform((text, ctx): Rate => {
      const parsed = parseRate(text)
      if (parsed !== undefined) return parsed
      ctx.addIssue({ code: 'custom', message: `'${text}' is not a rate such as 100/1s or 2000/10s` })
      return z.NEVER
    })
}

function list(standard = '') {
  return z
    .string()
    .default(standard)
    .transform((text) =>
      text
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== ''),
    )
}

/** CIDR ranges or single addresses. */
function cidrs() {
  return list().superRefine((ranges, ctx) => {
    for (const range of ranges) {
      const [address = '', bits, ...rest] = range.split('/')
      const family = isIP(address)
      const bitsMax = family === 6 ? 128 : 32
      const fine =
        family !== 0 && rest.length === 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= bitsMax))
      if (!fine)
        ctx.addIssue({ code: 'custom', message: `'${range}' is not an address range such as 10.0.0.0/8 or fd00::/8` })
    }
  })
}

function httpUrl(text: string, ctx: z.RefinementCtx<unknown>): void {
  const url = URL.parse(text)
  const fine = url !== null && /^https?:$/.test(url.protocol) && url.hash === '' && url.username === ''
  if (!fine)
    ctx.addIssue({ code: 'custom', message: `'${text}' is not an absolute http or https URL without a fragment` })
}

const algorithms = ['sha256', 'sha1', 'sha384', 'sha512'] as const

/** Names are a contract (design §7): never renamed. */
const settings = z.object({
  PORT: whole(8080, 0, 65_535),
  HOST: z.string().default('127.0.0.1'),
  /** Exactly as publishers advertise it. */
  HUB_URL: z.string().superRefine(httpUrl).optional(),
  /** Other URLs that are this hub: http beside https, without the slash, with www (MIG-11). */
  HUB_URL_ALIASES: list().superRefine((urls, ctx) => {
    for (const url of urls) httpUrl(url, ctx)
  }),
  /** A hub that moved answers subscribe requests with 308 and this Location (§5.1.2, MIG-01). */
  MOVED_TO: z.string().superRefine(httpUrl).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://')
    .optional(),
  DATABASE_POOL_SIZE: whole(10, 2, 200),
  DATA_DIR: z
    .string()
    .default('./data')
    .transform((path) => resolve(path)),
  WORKERS: whole(1, 1, 64),
  LEASE_SECONDS_DEFAULT: whole(864_000, 1, 31_536_000),
  LEASE_SECONDS_MIN: whole(300, 1, 31_536_000),
  LEASE_SECONDS_MAX: whole(2_592_000, 1, 31_536_000),
  LEASE_RENEWAL: z.enum(['unasked', 'always', 'off']).default('unasked'),
  OUTBOUND_ALLOW: cidrs(),
  OUTBOUND_DENY: cidrs(),
  TOPIC_ALLOW: cidrs(),
  CALLBACK_ALLOW: cidrs(),
  /** An http proxy that everything leaving goes through. */
  OUTBOUND_PROXY: z
    .string()
    .superRefine(
      (url, ctx) => void (URL.parse(url) ?? ctx.addIssue({ code: 'custom', message: `'${url}' is not a URL` })),
    )
    .optional(),
  /** A file of further CA certificates (PEM) to trust, beside Node's own. */
  EXTRA_CERTIFICATES: z
    .string()
    .superRefine(
      (path, ctx) => void (readable(path) || ctx.addIssue({ code: 'custom', message: `'${path}' cannot be read` })),
    )
    .optional(),
  /** `new-entries`: Atom and RSS reduced for each subscription to what is new to it. */
  FEED_DELIVERY: z.enum(['full', 'new-entries']).default('full'),
  SIGNATURE_ALGORITHM: z.enum(algorithms).default('sha256'),
  TOPIC_POLICY: z.enum(['open', 'registered']).default('open'),
  /** Topics that an operator named: URLs, or URL prefixes that end in `*`. Others are refused if TOPIC_POLICY=registered. */
  TOPICS_REGISTERED: list(),
  /** `on`: a topic must name this hub, and itself by the URL subscribed to, else the subscription is denied (A-11, A-12). */
  TOPIC_STRICT: z.enum(['off', 'on']).default('off'),
  /** `on`: a topic may have a fragment, a CSS selector or a path into JSON, and is that part of its page (`fragments/`). */
  FRAGMENT_TOPICS: z.enum(['off', 'on']).default('off'),
  RETRY_SCHEDULE: list('5s,30s,5m,30m,2h,5h,10h,14h,20h,24h').transform((delays, ctx) =>
    delays.map((text) => {
      const ms = parseDuration(text)
      if (ms === undefined)
        ctx.addIssue({ code: 'custom', message: `'${text}' is not a length of time such as 5s or 2h` })
      return ms ?? 0
    }),
  ),
  ATTEMPT_TIMEOUT: duration('15s', { maxMs: 300_000 }),
  VERIFY_TIMEOUT: duration('10s', { maxMs: 300_000 }),
  /** How long a client that sends `hub.verify=sync` alone is kept waiting for what its callback answers. */
  SYNC_VERIFY_TIMEOUT: duration('5s', { maxMs: 60_000 }),
  FETCH_TIMEOUT: duration('15s', { maxMs: 300_000 }),
  CONTENT_BYTES_MAX: size('10MiB', 1, 256 * 1024 ** 2),
  IN_FLIGHT_MAX: whole(512, 1, 65_536),
  STRAGGLERS_MAX: whole(4096, 0, 65_536),
  ATTEMPT_RETENTION: duration('7d'),
  PUBLICATION_RETENTION: duration('7d'),
  SECRET_KEY: z.string().min(16, 'must be at least 16 characters of randomness').optional(),
  ADMIN_TOKEN: z.string().min(16, 'must be at least 16 characters of randomness').optional(),
  METRICS_PORT: whole(0, 0, 65_535),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Streams open at once in this process; at most half of the connections it takes at all. */
  STREAMS_MAX: whole(2000, 0, 32_768),
  /** Of them, to one client address. */
  STREAMS_PER_ADDRESS_MAX: whole(100, 1, 32_768),
  /** Origins of web pages that may read streams. Unset: all, unless private topics are allowed, whose content is not everybody's. */
  STREAM_ORIGINS: list('').transform((origins, ctx) =>
    origins.map((text) => {
      if (text === '*') return text
      const url = URL.parse(text)
      const fine = url !== null && /^https?:$/.test(url.protocol) && url.origin === text.toLowerCase()
      if (fine && !text.includes('*')) return url.origin
      ctx.addIssue({ code: 'custom', message: `'${text}' is not an origin such as https://example.org, or *` })
      return text
    }),
  ),
  /** Subscribe and unsubscribe requests, and streams begun, from one client address. */
  RATE_SUBSCRIBE: rate('2000/10s'),
  /** Topics pinged from one client address. */
  RATE_PUBLISH: rate('400/1s'),
  /** Publications handed over with one key. */
  RATE_CONTENT: rate('200/1s'),
  /** Verifications of intent to one callback host (VER-27). */
  RATE_VERIFY: rate('200/1s'),
  /** Denials to one callback host: they go to addresses that never agreed to anything (DEN-10). */
  RATE_DENY: rate('10/1s'),
  /** Addresses or ranges of proxies whose X-Forwarded-For is believed. */
  TRUSTED_PROXIES: cidrs(),
})

function readable(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}
