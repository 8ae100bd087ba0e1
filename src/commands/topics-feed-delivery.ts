import type { Config } from '../config.ts'
import { setFeedDelivery } from '../publishing/topic-settings.ts'
import { withAdminDatabase } from '../start/admin-database.ts'
import { parseWords, WrongUsage } from './command.ts'
import { topicOf } from './topic-word.ts'

/** `fanfare topics feed-delivery …`: what it says when it is done. */
export async function setTopicFeedDelivery(words: readonly string[], config: Config): Promise<string> {
  const [topicWord, choice, ...more] = parseWords(words, {}).positionals
  const topic = topicOf(
    topicWord === undefined ? [] : [topicWord],
    'feed-delivery https://example.org/feed new-entries',
    config,
  )
  if (more.length > 0) throw new WrongUsage(`'${more.join(' ')}' is too much.`)
  if (choice !== 'full' && choice !== 'new-entries' && choice !== 'default') {
    throw new WrongUsage(
      `Say how the feed is delivered: full, new-entries, or default${choice === undefined ? '' : `; not '${choice}'`}.`,
    )
  }
  await withAdminDatabase(config, ({ db }) => setFeedDelivery(db, topic, choice === 'default' ? null : choice))
  if (choice === 'default') return `${topic} is delivered as FEED_DELIVERY says.\n`
  return `${topic} is delivered ${choice === 'full' ? 'whole' : 'reduced to what is new'}, unless a subscriber chooses.\n`
}
