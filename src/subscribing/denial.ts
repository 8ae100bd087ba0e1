import type { Answer, NoAnswer } from '../world.ts'
import { query } from './verification.ts'

/** What is appended to the callback's own query to tell a no (§5.2): no challenge, no lease. */
export function denialQuery(topic: string, reason: string): string {
  return query([
    ['hub.mode', 'denied'],
    ['hub.topic', topic],
    [
      'hub.reason',
      reason
        .replace(/\p{Cc}+/gu, ' ')
        .slice(0, reasonCharactersMax)
        .toWellFormed(),
    ],
  ])
}

/**
 * What became of telling it. Whatever the subscriber says changes nothing; only a server that was out of reach or in
 * trouble is worth another try (DEN-08).
 */
export function judgeDenial(answer: Answer | NoAnswer): 'told' | 'dropped' | 'again' | 'stopped' {
  if (answer.kind === 'answer') {
    if (answer.status >= 500) return 'again'
    return answer.status >= 200 && answer.status <= 299 ? 'told' : 'dropped'
  }
  if (answer.failure === 'stopped') return 'stopped'
  return answer.failure === 'forbidden' || answer.failure === 'too-large' ? 'dropped' : 'again'
}

const reasonCharactersMax = 4096
