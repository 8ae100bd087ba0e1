import { type Config, parseDuration, readConfig } from '../config.ts'
import type { Database } from '../db/database.ts'
import { startPolling, stopPolling } from '../publishing/poll-store.ts'
import { type ListedTopic, listTopics } from '../publishing/topic-list.ts'
import { RequestRefused } from '../refusal.ts'
import { withAdminDatabase } from '../start/admin-database.ts'
import { checkedUrl } from '../url-rules.ts'
import { type Command, parseWords, table, WrongUsage } from './command.ts'

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

DATA_DIR or DATABASE_URL say which hub; it may run meanwhile.
`

export const topics: Command = {
  usage: 'topics [poll]',
  summary: 'lists topics, or has one polled whose publisher never pings',
  help,
  async run(words, { environment, say }) {
    const [first, ...rest] = words
    const config = readConfig(environment)
    say(first === 'poll' ? await poll(rest, config) : await list(words, config))
    return 0
  },
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
  return poll.endedWhy ?? `every ${length(poll.paceMs)}`
}

function length(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  return minutes < 120 ? `${minutes}m` : `${Math.round(minutes / 6) / 10}h`
}

async function poll(words: readonly string[], config: Config): Promise<string> {
  const { positionals, values } = parseWords(words, {
    every: { type: 'string' },
    slowest: { type: 'string' },
    off: { type: 'boolean' },
  })
  const topic = topicOf(positionals)
  if (values.off === true) {
    if (values.every !== undefined || values.slowest !== undefined) {
      throw new WrongUsage('--off ends the polling; it goes with neither --every nor --slowest.')
    }
    return withAdminDatabase(config, ({ db }) => end(db, topic))
  }
  if (values.every === undefined) throw new WrongUsage('Say how often, as --every 15m, or --off.')
  const everyMs = lengthGiven('--every', values.every)
  const slowestMs = values.slowest === undefined ? slowestOf(everyMs) : lengthGiven('--slowest', values.slowest)
  if (slowestMs < everyMs) throw new WrongUsage(`--slowest ${values.slowest} is quicker than --every ${values.every}.`)
  await withAdminDatabase(config, ({ db }, now) => startPolling(db, topic, { everyMs, slowestMs, now }))
  return `${topic} is polled every ${length(everyMs)} to ${length(slowestMs)} while somebody subscribes to it.\n`
}

async function end(db: Database['db'], topic: string): Promise<string> {
  const ended = await stopPolling(db, topic)
  return ended ? `${topic} is polled no more.\n` : `${topic} was not polled.\n`
}

function topicOf(words: readonly string[]): string {
  const [topic, ...more] = words
  if (topic === undefined)
    throw new WrongUsage('Name the topic: fanfare topics poll https://example.org/feed --every 15m')
  if (more.length > 0) throw new WrongUsage(`'${more.join(' ')}' is too much: one topic at a time.`)
  try {
    return checkedUrl(topic, 'The topic')
  } catch (error) {
    if (error instanceof RequestRefused) throw new WrongUsage(error.message)
    throw error
  }
}

const shortestMs = 60_000
const longestMs = 7 * 86_400_000

function lengthGiven(option: string, text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= shortestMs && ms <= longestMs) return ms
  throw new WrongUsage(`${option} '${text}' is not a length of time from 1m to 7d, such as 15m or 2h.`)
}

function slowestOf(everyMs: number): number {
  return Math.max(everyMs, Math.min(8 * everyMs, 86_400_000))
}
