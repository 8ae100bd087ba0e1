import { listen as listenToTopic } from '../listen/listen.ts'
import { listenHelp, listenOptions } from '../listen/options.ts'
import { type Command, WrongUsage } from './command.ts'

export const listen: Command = {
  usage: 'listen <topic>',
  summary: 'subscribes to a topic at any hub and prints what comes',
  help: listenHelp,
  async run(words, terminal) {
    const options = listenOptions(words, terminal.environment.HUB_URL)
    if (typeof options === 'string') throw new WrongUsage(options)
    const stop = new AbortController()
    void terminal.stopAsked(() => terminal.exit(130)).then(() => stop.abort())
    const say = (line: string) => terminal.say(`${line}\n`)
    return listenToTopic(options, { say, complain: terminal.complain, stop: stop.signal })
  },
}
