import type { Readable } from 'node:stream'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { RequestRefused } from '../refusal.ts'
import { checkedUrl } from '../url-rules.ts'

/** What `fanfare <word> …` does; one file each, looked up by `main.ts`. */
export interface Command {
  /** How it is called, without `fanfare`: `listen <topic>`. */
  readonly usage: string
  /** What it does, in a line. */
  readonly summary: string
  /** What `fanfare <word> --help` prints besides; its first line says more than the summary. */
  readonly help: string
  /** Its words go to a program that knows `--help` itself. */
  readonly passesHelpOn?: true
  /**
   * @param words what stands behind the command's own word
   * @returns the exit code: 0, or 1 where it could not be done; where there are others, its help tells them
   * @throws {WrongUsage} where the words make no sense
   */
  run(words: readonly string[], terminal: Terminal): Promise<number>
}

/** The person or script that called, and the process it may end. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly input: Readable
  /** Prints text as it is. */
  say(text: string): void
  /** Prints a sentence where errors go. */
  complain(sentence: string): void
  /** Resolves with the signal at the first wish to stop; a second one, a second later or more, insists. */
  stopAsked(onInsist: () => void): Promise<string>
  /** Resolves once nobody reads any more what is said, as behind `| head -1`. */
  readonly outputGone: Promise<void>
  /** Tells what nobody caught, and then does this. */
  onCrash(act: () => void): void
  exit(code: number): void
}

/** The words after the command make no sense, and the sentence says which would: exit code 2. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage'
}

/**
 * Reads options and other words.
 *
 * @throws {WrongUsage} where an option is unknown or lacks its value
 */
export function parseWords<Options extends NonNullable<ParseArgsConfig['options']>>(
  words: readonly string[],
  options: Options,
) {
  const args = [...words]
  const { tokens } = parseArgs({ args, allowPositionals: true, strict: false, tokens: true, options })
  const given = tokens.filter((token) => token.kind === 'option')
  for (const option of given) checkOption(option, options)
  const twice = given.find(({ name }, at) => given.findIndex((other) => other.name === name) < at)
  if (twice !== undefined) throw new WrongUsage(`${twice.rawName} was given more than once; once is enough.`)
  return parseArgs({ args, allowPositionals: true, strict: true, options })
}

interface GivenOption {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  /** As in `--name=value`. */
  readonly inlineValue?: boolean | undefined
}

/** What `parseArgs` says of them speaks of its own rules, and of none of these options. */
function checkOption(
  { name, rawName, value, inlineValue }: GivenOption,
  options: NonNullable<ParseArgsConfig['options']>,
) {
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (option === undefined) {
    const known = Object.keys(options).map((each) => `--${each}`)
    throw new WrongUsage(
      `There is no option ${rawName}; there ${known.length === 0 ? 'is none' : `is ${known.join(', ')}`}.`,
    )
  }
  if (option.type === 'boolean' && value !== undefined) throw new WrongUsage(`${rawName} takes no value.`)
  if (option.type === 'string' && (value === undefined || (!inlineValue && value.startsWith('-')))) {
    throw new WrongUsage(`${rawName} needs a value; one that begins with a dash is written ${rawName}=-….`)
  }
}

/** @throws {WrongUsage} where there are words that the command does not take */
export function refuseWords(words: readonly string[], command: string): void {
  if (words.length > 0) throw new WrongUsage(`'${words.join(' ')}' is too much: fanfare ${command} takes nothing more.`)
}

/**
 * A topic, callback or hub as somebody typed it.
 *
 * @param name what it is, for the sentence: `The topic`, `--hub`
 * @param options.fragment it may have one
 * @throws {WrongUsage} where it is no absolute http or https URL
 */
export function urlOf(text: string, name: string, options: { readonly fragment?: boolean } = {}): string {
  return orWrongUsage(text, () => checkedUrl(text, name, options))
}

/** What a check makes of a word; a client's mistake is that of who typed it. */
export function orWrongUsage(text: string, check: () => string): string {
  try {
    return check()
  } catch (error) {
    if (error instanceof RequestRefused) throw new WrongUsage(`${error.message} It is '${text}'.`)
    throw error
  }
}

/** Rows under their headings, each column as wide as it must be. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** A length of time as a person says it, to the minute or the tenth of an hour. */
export function writtenMinutes(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  return minutes < 120 ? `${minutes}m` : `${Math.round(minutes / 6) / 10}h`
}
