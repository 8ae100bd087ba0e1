import type { Config } from '../config.ts'
import type { Db } from '../db/schema.ts'
import { startPolling, stopPolling } from '../publishing/poll-store.ts'
import { withAdminDatabase } from '../start/admin-database.ts'
import { parseDuration } from '../units.ts'
import { parseWords, WrongUsage, writtenMinutes } from './command.ts'
import { topicOf } from './topic-word.ts'

/** `fanfare topics poll …`: what it says when it is done. */
export async function pollTopic(words: readonly string[], config: Config): Promise<string> {
  const { positionals, values } = parseWords(words, {
    every: { type: 'string' },
    slowest: { type: 'string' },
    off: { type: 'boolean' },
  })
  const topic = topicOf(positionals, 'poll https://example.org/feed --every 15m', config)
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
  return `${topic} is polled every ${writtenMinutes(everyMs)} to ${writtenMinutes(slowestMs)} while somebody subscribes to it.\n`
}

async function end(db: Db, topic: string): Promise<string> {
  const ended = await stopPolling(db, topic)
  return ended ? `${topic} is polled no more.\n` : `${topic} was not polled.\n`
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
