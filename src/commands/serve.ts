import { readConfig } from '../config.ts'
import { greeting } from '../start/greeting.ts'
import { type Serving, serve as startServing } from '../start/serve.ts'
import { createTelemetry } from '../telemetry/telemetry.ts'
import { type Command, refuseWords, type Terminal } from './command.ts'

export const serve: Command = {
  usage: 'serve',
  summary: 'runs the hub (also without a command); Ctrl-C stops it',
  help: 'Runs the hub on HOST and PORT until it is asked to stop; what it does is logged as JSON, a line an event.\n',
  async run(words, terminal) {
    refuseWords(words, 'serve')
    return serveUntilStopped(terminal)
  },
}

async function serveUntilStopped(terminal: Terminal): Promise<number> {
  const config = readConfig(terminal.environment)
  let serving: Serving | undefined
  const giveUp = () => {
    serving?.stopHard()
    terminal.exit(1)
  }
  const asked = terminal.stopAsked(giveUp)
  terminal.onCrash(giveUp)
  const telemetry = createTelemetry(config)
  serving = await startServing(config, telemetry)
  telemetry.events.hubStarted({ url: config.HUB_URL, workers: config.WORKERS })
  terminal.say(greeting(serving.started))
  telemetry.events.hubStopping({ signal: await asked })
  await serving.stop()
  telemetry.events.hubStopped()
  return 0
}
