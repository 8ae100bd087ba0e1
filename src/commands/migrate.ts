import { readConfig } from '../config.ts'
import { startPostgres } from '../start/postgres.ts'
import { type Command, refuseWords } from './command.ts'

export const migrate: Command = {
  usage: 'migrate',
  summary: 'brings the schema of the database up to date, and says what ran',
  help: 'Starting a hub does so too; hubs of the version before go on working meanwhile.\n',
  async run(words, { environment, say }) {
    refuseWords(words, 'migrate')
    const postgres = await startPostgres(readConfig(environment))
    await postgres.stop()
    if (postgres.migrated.length === 0) say('The schema is up to date; nothing ran.\n')
    else say(postgres.migrated.map((name) => `Ran ${name}.\n`).join(''))
    return 0
  },
}
