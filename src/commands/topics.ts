import { type Config, readConfig } from '../config.ts'
import { type ListedTopic, listTopics } from '../publishing/topic-list.ts'
import { withAdminDatabase } from '../start/admin-database.ts'
import { type Command, parseWords, table, WrongUsage, writtenMinutes } from './command.ts'
import { setTopicFeedDelivery } from './topics-feed-delivery.ts'
import { pollTopic } from './topics-poll.ts'

const help = `fanfare topics [text]
    lists the topics whose URL holds the text, those that changed last first: the newest publication's number and
    instant, how many subscriptions, how it is polled, and what its last fetch came to.

fanfare topics poll <topic> --every 15m [--slowest 2h]
    asks a topic for changes whose publisher never pings. What changes often is asked for as often as --every (1m to
    7d), what rarely does as rarely as --slowest (unless given eight times that, at most a day); an answer that is fresh
    by its own Cache-Control is left alone, and so is a server that says Retry-After. Who refuses (401, 402, 403, 451) is
    asked at the slowest pace; a topic that is gone (410) is polled no more. While nobody subscribes nothing is asked.

fanfare topics poll <topic> --off
    ends that.

fanfare topics feed-delivery <topic> full|new-entries|default
    how a feed goes to those who do not choose: whole, reduced to what is new to each, or as FEED_DELIVERY says.

DATA_DIR or DATABASE_URL say which hub; it may run meanwhile.
`

export const topics: Command = {
  usage: 'topics [poll|feed-delivery]',
  summary: 'lists topics; has one polled that never pings, or its feed reduced',
  help,
  async run(words, { environment, say }) {
    say(await said(words, readConfig(environment)))
    return 0
  },
}

async function said(words: readonly string[], config: Config): Promise<string> {
  const [first, ...rest] = words
  if (first === 'poll') return pollTopic(rest, config)
  if (first === 'feed-delivery') return setTopicFeedDelivery(rest, config)
  return list(words, config)
}

const listedMax = 200

async function list(words: readonly string[], config: Config): Promise<string> {
  const [text = '', ...more] = parseWords(words, {}).positionals
  if (more.length > 0) throw new WrongUsage(`'${more.join(' ')}' is too much: one text that the topic's URL holds.`)
  const listed = await withAdminDatabase(config, ({ db }, now) => listTopics(db, { text, limit: listedMax + 1, now }))
  if (listed.length === 0) return text === '' ? 'There is no topic yet.\n' : `No topic's URL holds '${text}'.\n`
  const rows = listed.slice(0, listedMax).map(row)
  const shown = table([['topic', 'number', 'published', 'subscriptions', 'polled', 'last fetch'], ...rows])
  return listed.length > listedMax ? `${shown}There are more; fanfare topics <text> narrows it down.\n` : shown
}

function row({ url, newest, publishedAt, subscriptions, poll, result }: ListedTopic): readonly string[] {
  const when = publishedAt === null ? '' : `${publishedAt.toISOString().slice(0, 19)}Z`
  return [url, String(newest), when, String(subscriptions), polled(poll), result ?? '']
}

function polled(poll: ListedTopic['poll']): string {
  if (poll === null) return ''
  return poll.endedWhy ?? `every ${writtenMinutes(poll.paceMs)}`
}
