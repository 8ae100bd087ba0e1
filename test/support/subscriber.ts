import type { TestContext } from 'node:test'
import { type Peer, type PeerAnswer, type Seen, startPeer } from './peer.ts'

/**
 * How a callback answers a verification of intent: `echo` confirms, `refuse` is a 404, `wrong` echoes something else, `pad`
 * echoes with a newline behind; or any answer.
 */
export type VerificationAnswer = 'echo' | 'refuse' | 'wrong' | 'pad' | Echo | PeerAnswer

/** Echoes the challenge with another status or Content-Type; null: none. */
export interface Echo {
  readonly echo: number
  readonly type: string | null
  /** Answers no sooner. */
  readonly until?: Promise<unknown>
}

export interface At {
  /** Only for this path; all paths unless told. */
  readonly path?: string
}

/**
 * A subscriber's server: callbacks on a real port. Until told otherwise every path confirms what the hub asks and takes every
 * delivery with 200.
 */
export interface Subscriber extends Peer {
  /** A callback URL; `/callback` unless told, and it may hold a query. */
  callback(path?: string): string
  /** How verifications are answered from now on. */
  verifies(answer: VerificationAnswer, at?: At): void
  /** How the next verifications are answered, one each, before what stands. */
  verifiesNext(...answers: readonly VerificationAnswer[]): void
  /** How deliveries are answered from now on. */
  answers(answer: PeerAnswer, at?: At): void
  /** How the next deliveries are answered, one each, before what stands. */
  answersNext(...answers: readonly PeerAnswer[]): void
  /** How the next denials are answered, one each, before 200. */
  deniesNext(...answers: readonly PeerAnswer[]): void
  /** Requests so far, by what the hub wanted; of one path where told. */
  verifications(at?: At): readonly Seen[]
  denials(at?: At): readonly Seen[]
  deliveries(at?: At): readonly Seen[]
  /** The bodies of all deliveries so far, whatever was answered to them. */
  readonly received: readonly string[]
}

export async function startSubscriber(t: Pick<TestContext, 'after'>): Promise<Subscriber> {
  const verification = createScript<VerificationAnswer>('echo')
  const delivery = createScript<PeerAnswer>({})
  const denial = createScript<PeerAnswer>({})
  const peer = await startPeer(t, (seen) => {
    if (isVerification(seen)) return verificationAnswer(verification.answerTo(seen), seen)
    if (seen.method === 'POST') return delivery.answerTo(seen)
    return denial.answerTo(seen)
  })
  const at = (wanted: (seen: Seen) => boolean) => (where?: At) =>
    peer.requests.filter((seen) => wanted(seen) && (where?.path === undefined || seen.path === where.path))
  const deliveries = at((seen) => seen.method === 'POST')
  return {
    ...peer,
    callback: (path = '/callback') => `${peer.origin}${path}`,
    verifies: verification.stand,
    verifiesNext: verification.queue,
    answers: delivery.stand,
    answersNext: delivery.queue,
    deniesNext: denial.queue,
    verifications: at(isVerification),
    denials: at((seen) => seen.parameter('hub.mode') === 'denied'),
    deliveries,
    get received() {
      return deliveries().map((seen) => seen.text)
    },
  }
}

function isVerification(seen: Seen): boolean {
  return seen.method === 'GET' && seen.parameter('hub.challenge') !== undefined
}

function verificationAnswer(answer: VerificationAnswer, seen: Seen): PeerAnswer {
  const challenge = seen.parameter('hub.challenge') ?? ''
  const headers = { 'Content-Type': 'application/octet-stream', 'X-Content-Type-Options': 'nosniff' }
  switch (answer) {
    case 'echo':
      return { headers, body: challenge }
    case 'refuse':
      return { status: 404, body: 'Nobody here asked for this' }
    case 'wrong':
      return { headers, body: challenge.toLowerCase().split('').reverse().join('') }
    case 'pad':
      return { headers, body: `${challenge}\n` }
    default:
      if (!('echo' in answer)) return answer
      return {
        status: answer.echo,
        body: challenge,
        headers: answer.type === null ? {} : { 'Content-Type': answer.type },
        ...(answer.until === undefined ? {} : { until: answer.until }),
      }
  }
}

/** One-off answers first, then what stands for the path, then what stands for all. */
function createScript<Answer>(standard: Answer) {
  const standing = new Map<string | undefined, Answer>([[undefined, standard]])
  const next: Answer[] = []
  return {
    stand(answer: Answer, at: At = {}): void {
      standing.set(at.path, answer)
    },
    queue(...answers: readonly Answer[]): void {
      next.push(...answers)
    },
    answerTo(seen: Seen): Answer {
      return next.shift() ?? standing.get(seen.path) ?? standing.get(undefined) ?? standard
    },
  }
}
