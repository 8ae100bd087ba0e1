import { type Config, ConfigError, describeConfig, readConfig } from './config.ts'
import { CannotStart } from './db/cannot-start.ts'
import { listen } from './listen/listen.ts'
import { listenHelp, listenOptions } from './listen/options.ts'
import { greeting } from './start/greeting.ts'
import { startPostgres } from './start/postgres.ts'
import { type Serving, serve } from './start/serve.ts'
import { createTelemetry } from './telemetry/telemetry.ts'

const help = `Fanfare, a WebSub hub.

  fanfare serve      runs the hub (also without a command); Ctrl-C stops it
  fanfare migrate    brings the schema of the database up to date, and says what ran
  fanfare config     shows every setting, secrets masked, or everything that is wrong with them
  fanfare listen <topic>
                     subscribes to a topic at any hub and prints what comes; --help tells more

Settings come from the environment; the README tells them all.
`

/** @returns the exit code */
type Command = (config: Config) => Promise<number>

const commands: Readonly<Record<string, Command>> = {
  serve: serveUntilStopped,
  migrate: migrateOnly,
  config: showConfig,
}

process.exitCode = await run(process.argv.slice(2))
// What was left open by mistake shall not keep alive a process that has said it is done.
setTimeout(() => process.exit(), 2000).unref()

async function run([name = 'serve', ...rest]: readonly string[]): Promise<number> {
  if (['--help', '-h', 'help'].includes(name)) return say(help)
  if (name === 'listen') return listenUntilStopped(rest)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) return complain(`There is no command '${name}'; fanfare --help tells which there are.`, 2)
  if (rest.length > 0) return complain(`'${rest.join(' ')}' is too much: fanfare ${name} takes nothing more.`, 2)
  try {
    return await command(readConfig(process.env))
  } catch (error) {
    if (error instanceof ConfigError || error instanceof CannotStart) return complain(error.message, 1)
    throw error
  }
}

async function serveUntilStopped(config: Config): Promise<number> {
  let serving: Serving | undefined
  const giveUp = () => {
    serving?.stopHard()
    process.exit(1)
  }
  const asked = stopAsked(giveUp)
  process.on('uncaughtException', (error) => {
    console.error(error)
    giveUp()
  })
  const telemetry = createTelemetry(config)
  serving = await serve(config, telemetry)
  telemetry.events.hubStarted({ url: config.HUB_URL, workers: config.WORKERS })
  say(greeting(serving.started))
  telemetry.events.hubStopping({ signal: await asked })
  await serving.stop()
  telemetry.events.hubStopped()
  return 0
}

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP (a terminal that was closed); a later one insists. Ctrl-C under npm comes twice at once, from the terminal and
 * from npm: that is one wish.
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

async function listenUntilStopped(words: readonly string[]): Promise<number> {
  if (words.includes('--help') || words.includes('-h')) return say(listenHelp)
  const options = listenOptions(words, process.env.HUB_URL)
  if (typeof options === 'string') return complain(options, 2)
  const stop = new AbortController()
  void stopAsked(() => process.exit(130)).then(() => stop.abort())
  return listen(options, { say: (text) => say(`${text}\n`), stop: stop.signal })
}

async function migrateOnly(config: Config): Promise<number> {
  const postgres = await startPostgres(config)
  await postgres.stop()
  if (postgres.migrated.length === 0) return say('The schema is up to date; nothing ran.\n')
  return say(postgres.migrated.map((name) => `Ran ${name}.\n`).join(''))
}

async function showConfig(config: Config): Promise<number> {
  const settings = describeConfig(config)
  const width = Math.max(...settings.map(([name]) => name.length))
  return say(settings.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`.replace(/ +\n$/, '\n')).join(''))
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

function complain(sentence: string, exitCode: number): number {
  process.stderr.write(`${sentence}\n`)
  return exitCode
}
