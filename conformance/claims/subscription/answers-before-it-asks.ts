import type { Answered } from '../../asking.ts'
import { expectAccepted } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import type { Answer } from '../../server.ts'
import type { Timing } from '../../settings.ts'

const answerers: Readonly<Record<string, Answer>> = {
  'never answers': { fault: 'hang' },
  'answers 404': { status: 404 },
  'resets the connection': { fault: 'reset' },
}
export const claim: Claim = {
  rows: ['SUB-15'],
  level: 'MUST',
  section: '5.1.2',
  title: 'The answer to a subscription request does not depend on what the callback does',
  sends: `subscription requests for callbacks of which one ${Object.keys(answerers).join(', one ')}, and for one where nothing listens`,
  expects: 'the same 2xx each time, at once, and before a verification that hangs has ended',
  presupposes: ['subscription/is-verified'],
  holds: true,
  async run({ subscribe, topic, callback, settle, timing }) {
    const answering = Object.entries(answerers).map(async ([what, answer]) => {
      const subscriber = callback()
      subscriber.onVerification(answer)
      const answered = await subscribe(topic(), subscriber)
      await settle()
      const waited =
        answer.fault === 'hang' && subscriber.verifications.some(({ endedAtMs }) => endedAtMs !== undefined)
      expect(!waited, { expected: 'an answer while the verification hangs', found: 'one after it had ended' }, answered)
      return checked(answered, what, timing)
    })
    const unheard = subscribe(topic(), nowhere(callback().url)).then((answer) =>
      checked(answer, 'listens nowhere', timing),
    )
    const statuses = new Set(await Promise.all([...answering, unheard]))
    expect(statuses.size === 1, { expected: 'the same status each time', found: [...statuses].join(', ') })
  },
}

function checked(answer: Answered, what: string, { promptMs }: Timing): number {
  expectAccepted(answer, `a callback that ${what}`)
  const found = `${(answer.tookMs / 1000).toFixed(1)} s`
  expect(answer.tookMs < promptMs, { expected: `an answer at once though the callback ${what}`, found }, answer)
  return answer.status
}

/** Port 9 discards, where anything listens at all. */
function nowhere(url: string): string {
  return `http://${new URL(url).hostname}:9/`
}
