import { PassThrough } from 'node:stream'
import { type Command, type Terminal, WrongUsage } from '../../src/commands/command.ts'
import type { TestDatabase } from './postgres.ts'

/** What a command printed, and how it ended. */
export interface Ran {
  /** As main would exit. */
  readonly code: number
  readonly printed: string
}

/** Runs a command as main does, on the hub of a database. */
export async function runCommand(command: Command, words: readonly string[], { url }: TestDatabase): Promise<Ran> {
  let printed = ''
  const terminal: Terminal = {
    environment: { DATABASE_URL: url, SECRET_KEY: 'a key for tests, and for nothing else' },
    input: new PassThrough().end(),
    say(text) {
      printed += text
    },
    complain(sentence) {
      printed += `${sentence}\n`
    },
    stopAsked: () => new Promise(() => {}),
    onCrash() {},
    exit() {},
  }
  try {
    return { code: await command.run(words, terminal), printed }
  } catch (error) {
    if (error instanceof WrongUsage) return { code: 2, printed: error.message }
    throw error
  }
}
