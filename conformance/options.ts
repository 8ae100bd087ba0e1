import { accessSync, constants } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isProfile, type Profile, profiles } from './profiles.ts'
import { defaultTiming, type KnobName, type Knobs, knobOptions, type Timing } from './settings.ts'

export interface Options {
  /** Undefined: this project's own hub is started. */
  readonly hub: string | undefined
  readonly listen: { readonly host: string; readonly port: number } | undefined
  readonly publicUrl: string | undefined
  readonly profile: Profile
  readonly only: readonly string[]
  readonly list: boolean
  readonly strict: boolean
  /** Files to write, told apart by their ending. */
  readonly reports: readonly string[]
  readonly atOnce: number
  readonly timing: Timing
  readonly knobs: Knobs
}

/** What is wrong with the words, in a sentence. */
export class WrongOptions extends Error {
  override readonly name = 'WrongOptions'
}

const waits: Readonly<Record<string, { readonly timing: keyof Timing; readonly tells: string }>> = {
  'verify-wait': { timing: 'verifyMs', tells: 'the longest wait for a verification of intent' },
  'delivery-wait': { timing: 'deliveryMs', tells: 'the longest wait for a fetch or a delivery after a ping' },
  quiet: { timing: 'quietMs', tells: 'how long nothing has to come to prove that nothing will' },
  settle: { timing: 'settleMs', tells: 'how long a hub may take to note an answer' },
  prompt: { timing: 'promptMs', tells: 'what still counts as at once' },
  'answer-wait': { timing: 'answerMs', tells: "the longest wait for the hub's answer" },
}

const reportEndings = ['json', 'html', 'md', 'xml']

/** Whatever else may be wrong with the words. */
export function asksForHelp(words: readonly string[]): boolean {
  return words.some((word) => word === '--help' || word === '-h')
}

/** @throws {WrongOptions} that says which word makes no sense, and what would */
export function readOptions(words: readonly string[]): Options {
  const { values, positionals } = parse(words)
  if (positionals.length > 0) throw new WrongOptions(`'${positionals[0]}' is no option. A hub is named by --hub <url>.`)
  const text = (name: string) => values[name]?.toString()
  const list = (name: string) => [values[name] ?? []].flat().map(String)
  const profile = text('profile') ?? 'all'
  if (!isProfile(profile)) {
    throw new WrongOptions(`There is no profile '${profile}'; there are ${Object.keys(profiles).join(', ')}.`)
  }
  if (values.list === true && values.report !== undefined)
    throw new WrongOptions('--list checks nothing, so there is nothing to --report.')
  return {
    hub: readUrl('hub', text('hub')),
    listen: readListen(text('listen'), text('public-url')),
    publicUrl: readUrl('public-url', text('public-url')),
    profile,
    only: list('only').flatMap(readOnly),
    list: values.list === true,
    strict: values.strict === true,
    reports: list('report').map(readReport),
    atOnce: readCount('at-once', text('at-once') ?? '32'),
    timing: readTiming(text),
    knobs: readKnobs(text),
  }
}

function parse(words: readonly string[]) {
  const string = { type: 'string' } as const
  const named = [...Object.keys(waits), ...Object.values(knobOptions).map(({ option }) => option)]
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(
          ['hub', 'listen', 'public-url', 'profile', 'at-once', ...named].map((name) => [name, string]),
        ),
        only: { type: 'string', multiple: true },
        report: { type: 'string', multiple: true },
        list: { type: 'boolean' },
        strict: { type: 'boolean' },
      },
    }) as {
      readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
      readonly positionals: readonly string[]
    }
  } catch (error) {
    throw new WrongOptions(error instanceof Error ? plain(error.message) : String(error))
  }
}

/** Node's sentence about the words, without its advice for words that are none of ours. */
function plain(message: string): string {
  const [, option] = /^Option '.*?(--[\w-]+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(message) ?? []
  return option === undefined ? (message.split(/\.\s/)[0] ?? '') : `${option} wants a value behind it.`
}

function readOnly(value: string): readonly string[] {
  const wanted = value.split(',').map((each) => each.trim())
  if (!wanted.includes('')) return wanted
  throw new WrongOptions(
    `--only wants a section (5.3), a row (VER-06), a claim or a folder of claims, not ${value === '' ? 'nothing' : `'${value}'`}.`,
  )
}

function readTiming(text: (name: string) => string | undefined): Timing {
  const told = Object.entries(waits).map(([option, { timing }]) => {
    const value = text(option)
    return [timing, value === undefined ? defaultTiming[timing] : readTime(option, value)]
  })
  return { ...defaultTiming, ...Object.fromEntries(told) }
}

function readKnobs(text: (name: string) => string | undefined): Knobs {
  const told = Object.entries(knobOptions).flatMap(([knob, { option, kind }]) => {
    const value = text(option)
    if (value === undefined) return []
    const asGiven = (_: string, given: string) => given
    const read = { time: readTime, size: readSize, count: readCount, url: readUrl, text: asGiven }[kind]
    return [[knob as KnobName, read(option, value)]]
  })
  return Object.fromEntries(told)
}

function readUrl<Given extends string | undefined>(option: string, value: Given): Given {
  if (value === undefined) return value
  if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) {
    throw new WrongOptions(`--${option} wants an http or https URL such as https://hub.example/, not '${value}'.`)
  }
  if (!value.includes('#')) return value
  // It is not sent with a request (RFC 9110 §7.1), so the hub could not name itself by it.
  throw new WrongOptions(
    `--${option} wants a URL without a fragment: ${value.slice(0, value.indexOf('#'))}, not '${value}'.`,
  )
}

function readListen(value: string | undefined, publicUrl: string | undefined): Options['listen'] {
  if (value === undefined && publicUrl !== undefined) {
    throw new WrongOptions(
      `--public-url needs --listen too, or nobody knows to which port ${publicUrl} leads: --listen 127.0.0.1:8123, say.`,
    )
  }
  if (value === undefined) return undefined
  const [, host = '127.0.0.1', port] = /^(?:(.+):)?(\d+)$/.exec(value) ?? []
  if (port === undefined || Number(port) > 65_535) {
    throw new WrongOptions(`--listen wants a port or an address and a port such as 0.0.0.0:8123, not '${value}'.`)
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

/** A folder that is not there is found out before the hub is measured, not after. */
function readReport(path: string): string {
  if (!reportEndings.some((ending) => path.endsWith(`.${ending}`))) {
    throw new WrongOptions(`--report wants a file that ends in .json, .html, .md or .xml, not '${path}'.`)
  }
  const folder = dirname(resolve(path))
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    throw new WrongOptions(`--report ${path}: there is no folder ${folder} that can be written to.`)
  }
  return path
}

function readCount(option: string, value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value)
  throw new WrongOptions(`--${option} wants a whole number from 1 to 9999, not '${value}'.`)
}

const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function readTime(option: string, value: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value) ?? []
  if (amount !== undefined) return Number(amount) * (timeUnits[unit] ?? 1)
  throw new WrongOptions(`--${option} wants a time such as 500ms, 15s or 5m, not '${value}'.`)
}

const sizeUnits: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2 }

function readSize(option: string, value: string): number {
  const [, amount, unit = ''] = /^(\d+)\s*(KiB|MiB)?$/.exec(value) ?? []
  if (amount !== undefined) return Number(amount) * (sizeUnits[unit] ?? 1)
  throw new WrongOptions(`--${option} wants a size such as 64KiB or 10MiB, not '${value}'.`)
}

/** What `--help` prints. */
export function help(): string {
  const line = (option: string, tells: string) => `  ${`--${option}`.padEnd(30)}${tells}\n`
  const times = Object.entries(waits).map(([option, { timing, tells }]) =>
    line(`${option} <time>`, `${tells} (${defaultTiming[timing] / 1000}s)`),
  )
  const knobs = Object.values(knobOptions).map(({ option, kind, tells }) => line(`${option} <${kind}>`, tells))
  return `Measures a WebSub hub from the outside: plays publisher and subscriber, and says what the hub did.

  npm run conformance -- --hub https://hub.example/

${line('hub <url>', 'the hub, exactly as publishers advertise it; without it this project’s hub is started')}\
${line('listen <[address:]port>', 'the one port of the suite’s own topics and callbacks (many, at 127.0.0.1)')}\
${line('public-url <url>', 'how the hub reaches what --listen opens, through a proxy or a tunnel, say')}\
${line('profile <name>', `${Object.keys(profiles).join(', ')} (all)`)}\
${line('only <what>', 'a section (5.3), a row (VER-06), a claim or a folder of claims; may be repeated')}\
${line('list', 'lists the claims with their rows, and the rows that cannot be checked; checks nothing')}\
${line('strict', 'any failure of what the profile asks counts, not only those of MUST')}\
${line('report <file>', 'also writes .json, .html, .md or .xml (JUnit); may be repeated')}\
${line('at-once <number>', 'how many claims run side by side (32)')}
Profiles
${Object.entries(profiles)
  .map(([name, { tells }]) => `  ${name.padEnd(30)}${tells}\n`)
  .join('')}
Waits
${times.join('')}
What cannot be seen from outside, and has to be told for some claims to run
${knobs.join('')}
Exit status: 0 if no MUST failed, 1 if one did, 2 where there is no verdict (the hub could not be measured,
went away, or may be unable to reach the suite; the run was cut short), or a report could not be written.
`
}
