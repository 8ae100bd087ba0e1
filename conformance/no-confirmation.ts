import type { Context } from './context.ts'
import type { Answerer } from './peers.ts'

/**
 * Answers to a verification that confirm nothing (§5.3.1), beside the plain refusals: each by what its callback does, as it
 * continues "a callback that …".
 */
export function noConfirmations({ callback }: Context): Readonly<Record<string, Answerer>> {
  const elsewhere = callback()
  return {
    'answers 200 and another word': { body: 'another word' },
    'answers 200 and nothing': { body: '' },
    'answers 204': { status: 204 },
    'redirects with 302 to one that echoes': ({ query }) => ({
      status: 302,
      headers: [['Location', `${elsewhere.url}?${query}`]],
    }),
    'redirects with 307 to one that echoes': ({ query }) => ({
      status: 307,
      headers: [['Location', `${elsewhere.url}?${query}`]],
    }),
  }
}

/** What all claims presuppose that send them. */
export const noConfirmationsOfNewcomers = [
  'verification/only-the-challenge-confirms',
  'verification/a-2xx-without-a-body-fails',
  'verification/follows-no-redirect',
] as const
