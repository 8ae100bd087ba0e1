import type { Config } from '../config.ts'
import { checkedStrangersUrl } from '../url-rules.ts'
import { orWrongUsage, WrongUsage } from './command.ts'

/**
 * The one topic that words name, one that this hub could serve.
 *
 * @param example what would be right, behind `fanfare topics`
 * @throws {WrongUsage} where there is none, more than one, or it is no topic URL
 */
export function topicOf(words: readonly string[], example: string, config: Config): string {
  const [topic, ...more] = words
  if (topic === undefined) throw new WrongUsage(`Name the topic: fanfare topics ${example}`)
  if (more.length > 0) throw new WrongUsage(`'${more.join(' ')}' is too much: one topic at a time.`)
  return orWrongUsage(topic, () => checkedStrangersUrl(topic, 'The topic', config))
}
