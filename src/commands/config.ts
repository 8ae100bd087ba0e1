import { describeConfig, readConfig } from '../config.ts'
import { type Command, refuseWords, table } from './command.ts'

export const config: Command = {
  usage: 'config',
  summary: 'shows every setting, secrets masked, or everything that is wrong with them',
  help: 'Settings come from the environment; the README tells what each means.\n',
  async run(words, { environment, say }) {
    refuseWords(words, 'config')
    say(table(describeConfig(readConfig(environment))))
    return 0
  },
}
