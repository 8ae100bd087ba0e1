import { PassThrough } from 'node:stream'
import { type Command, type Terminal, WrongUsage } from '../../src/commands/command.ts'
import type { TestDatabase } from './postgres.ts'

/** What a command printed, and how it ended. */
export interface Ran {
  /** As main would exit. */
  readonly code: number
  readonly printed: string
}

export interface Told extends Ran {
  /** What a script gets of it. */
  readonly stdout: string
}

export interface Given {
  readonly environment?: Terminal['environment']
  readonly input?: string | Uint8Array
}

/** Runs a command as main does, on the hub of a database. */
export async function runCommand(command: Command, words: readonly string[], database: TestDatabase): Promise<Ran> {
  const { code, printed } = await runCommandWith(command, words, { environment: environmentOf(database) })
  return { code, printed }
}

/** What tells a command its hub. */
export function environmentOf({ url }: TestDatabase): Terminal['environment'] {
  return { DATABASE_URL: url, SECRET_KEY: 'a key for tests, and for nothing else' }
}

/** Runs a command as main does, with no more than it is given. */
export async function runCommandWith(
  command: Command,
  words: readonly string[],
  { environment = {}, input = '' }: Given,
): Promise<Told> {
  let printed = ''
  let stdout = ''
  const terminal: Terminal = {
    environment,
    input: new PassThrough().end(input),
    say(text) {
      printed += text
      stdout += text
    },
    complain(sentence) {
      printed += `${sentence}\n`
    },
    stopAsked: () => new Promise(() => {}),
    outputGone: new Promise(() => {}),
    onCrash() {},
    exit() {},
  }
  try {
    return { code: await command.run(words, terminal), printed, stdout }
  } catch (error) {
    if (error instanceof WrongUsage) return { code: 2, printed: error.message, stdout }
    throw error
  }
}
