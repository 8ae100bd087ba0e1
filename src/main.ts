import { type Command, type Terminal, WrongUsage } from './commands/command.ts'
import { config } from './commands/config.ts'
import { conformance } from './commands/conformance.ts'
import { key } from './commands/key.ts'
import { listen } from './commands/listen.ts'
import { migrate } from './commands/migrate.ts'
import { parked } from './commands/parked.ts'
import { publish } from './commands/publish.ts'
import { serve } from './commands/serve.ts'
import { topics } from './commands/topics.ts'
import { ConfigError } from './config.ts'
import { isDatabaseAway } from './db/away.ts'
import { CannotStart } from './db/cannot-start.ts'

/** By their word. */
const commands: Readonly<Record<string, Command>> = {
  serve,
  migrate,
  config,
  key,
  publish,
  listen,
  topics,
  parked,
  conformance,
}

const terminal: Terminal = {
  environment: process.env,
  input: process.stdin,
  say: (text) => process.stdout.write(text),
  complain: (sentence) => process.stderr.write(`${sentence}\n`),
  stopAsked,
  outputGone: readerGone(process.stdout),
  onCrash(act) {
    process.on('uncaughtException', (error) => {
      console.error(error)
      act()
    })
  },
  exit: (code) => process.exit(code),
}

void readerGone(process.stderr)
process.exitCode = await run(process.argv.slice(2))
// What was left open by mistake shall not keep alive a process that has said it is done.
setTimeout(() => process.exit(), 2000).unref()

async function run([name = 'serve', ...words]: readonly string[]): Promise<number> {
  if (['--help', '-h', 'help'].includes(name)) return say(help())
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) return complain(`There is no command '${name}'; fanfare --help tells which there are.`, 2)
  const asksForHelp = words.includes('--help') || words.includes('-h')
  if (asksForHelp && command.passesHelpOn !== true) return say(`fanfare ${command.usage}\n\n${command.help}`)
  try {
    return await command.run(words, terminal)
  } catch (error) {
    if (error instanceof WrongUsage) return complain(`${error.message}\nfanfare ${name} --help tells more.`, 2)
    if (error instanceof ConfigError || error instanceof CannotStart) return complain(error.message, 1)
    if (isDatabaseAway(error)) return complain(`The database went away meanwhile: ${error}. Try again.`, 1)
    throw error
  }
}

function help(): string {
  const width = 19
  const lines = Object.values(commands).map(({ usage, summary }) =>
    usage.length < width
      ? `  fanfare ${usage.padEnd(width)}${summary}\n`
      : `  fanfare ${usage}\n${' '.repeat(width + 10)}${summary}\n`,
  )
  return `Fanfare, a WebSub hub.\n\n${lines.join('')}\n--help after a command tells more. Settings come from the environment; the README tells them all.\n`
}

/**
 * The first SIGINT, SIGTERM or SIGHUP (a terminal that was closed) asks; a later one insists. Ctrl-C under npm comes twice at
 * once, from the terminal and from npm: that is one wish.
 */
function stopAsked(onInsist: () => void): Promise<string> {
  return new Promise((resolve) => {
    let askedAtMs: number | undefined
    const ask = (signal: string) => {
      if (askedAtMs !== undefined && performance.now() - askedAtMs > 1000) onInsist()
      askedAtMs ??= performance.now()
      resolve(signal)
    }
    process.on('SIGINT', ask).on('SIGTERM', ask).on('SIGHUP', ask)
  })
}

/** Resolves when a pipe is closed at its other end: what is written into it from then on is lost, and that is no fault. */
function readerGone(output: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      resolve()
    })
  })
}

function say(text: string): number {
  terminal.say(text)
  return 0
}

function complain(sentence: string, exitCode: number): number {
  terminal.complain(sentence)
  return exitCode
}
