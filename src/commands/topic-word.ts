import { urlOf, WrongUsage } from './command.ts'

/**
 * The one topic that words name.
 *
 * @param example what would be right, behind `fanfare topics`
 * @throws {WrongUsage} where there is none, more than one, or it is no topic URL
 */
export function topicOf(words: readonly string[], example: string): string {
  const [topic, ...more] = words
  if (topic === undefined) throw new WrongUsage(`Name the topic: fanfare topics ${example}`)
  if (more.length > 0) throw new WrongUsage(`'${more.join(' ')}' is too much: one topic at a time.`)
  return urlOf(topic, 'The topic')
}
