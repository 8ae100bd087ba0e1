import { parseArgs } from 'node:util'
import { type FaultName, faults, isFault } from './faults.ts'
import type { quickSettings } from './settings.ts'

type Start = (options: {
  readonly faults: readonly FaultName[]
  readonly settings: Partial<typeof quickSettings>
  readonly port: number
}) => Promise<{ readonly url: string }>

/**
 * What `node conformance/faulty-hub.ts` does with these words. The hub counts and waits as hubs do in the world, for the suite as
 * it is run against any of them.
 *
 * @returns the exit status; undefined while the hub runs
 */
export async function command(words: readonly string[], start: Start): Promise<number | undefined> {
  try {
    const { values, positionals } = parse(words)
    if (values.help) return say(help)
    if (values.list) return say(list())
    const names = positionals.map(readFault)
    const { url } = await start({ faults: names, settings: forAnySuite, port: readPort(values.port) })
    say(`A WebSub hub at ${url} until Ctrl-C, ${names.length === 0 ? 'without a fault' : 'which'}\n`)
    for (const name of names) say(describe(name))
    return undefined
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n--help tells what there is.\n`)
    return 2
  }
}

/** The times of a hub that is not made for a run of milliseconds. */
const forAnySuite = { secondMs: 1000, verifyTimeoutMs: 10_000, fetchTimeoutMs: 10_000, deliveryTimeoutMs: 10_000 }

const help = `Runs a small hub in memory, on loopback: correct, but for the faults that are named.

  node conformance/faulty-hub.ts [--port <port>] [<fault> …]

  --port <port>  where it listens (any free port)
  --list         lists the faults, and of each the claims that fail with it
`

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, list: { type: 'boolean' }, port: { type: 'string' } },
  })
}

function list(): string {
  const names = Object.keys(faults).filter(isFault)
  return names.map(describe).join('')
}

function describe(name: FaultName): string {
  const { does, fails } = faults[name]
  return `${name.padEnd(40)} ${does} (${fails.join(', ')})\n`
}

function readFault(name: string): FaultName {
  if (isFault(name)) return name
  throw new Error(`There is no fault '${name}'; --list names those there are.`)
}

function readPort(value = '0'): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value)
  throw new Error(`--port wants a number up to 65535, not '${value}'.`)
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}
