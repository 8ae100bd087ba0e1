import { createHash } from 'node:crypto'
import type { Config } from '../config.ts'
import { type DiscoveredLinks, discoverLinks } from '../discovery/links.ts'
import { retryAfterMs } from '../retry-after.ts'
import type { Answer, NoAnswer } from '../world.ts'
import { freshForMs } from './freshness.ts'
import { deliveredLinks, type NamedLinks, namedLinks } from './links.ts'
import { type Content, isSameList, noValidators, type Validators, validatorsOf } from './revalidation.ts'

/** What was asked, and what is known of the topic. */
export interface Asked {
  readonly url: string
  /** What was sent along. */
  readonly validators: Validators
  /** What the last answer named. */
  readonly links: NamedLinks
}

/** What a fetch came to. */
export type Fetched =
  | {
      readonly kind: 'content'
      readonly content: Content
      readonly validators: Validators
      readonly links: NamedLinks
      /** Other URLs of this content: where redirects ended, and its self link. Not compared with the topic's own. */
      readonly names: readonly string[]
      readonly selves: number
      readonly freshForMs: number
    }
  | { readonly kind: 'not-modified'; readonly names: readonly string[]; readonly freshForMs: number }
  /** A complete answer without a byte in it: nothing to deliver, nothing wrong (DIST-23). */
  | { readonly kind: 'empty'; readonly names: readonly string[] }
  /** A 304 that cannot be meant for what we have: to be asked without validators, now. */
  | { readonly kind: 'unsure'; readonly why: string }
  | {
      readonly kind: 'failed'
      readonly why: string
      /** What it answered; null: nothing that counts. */
      readonly status: number | null
      readonly retryAfterMs: number
    }
  /** Our own doing: nothing may be concluded. */
  | { readonly kind: 'stopped' }
  /** The page of a fragment topic says nothing there; asking again before it changes is of no use. */
  | { readonly kind: 'nothing'; readonly why: string; readonly isGivenUp?: true }
  /** The page of a fragment topic was not looked at, which had to wait for other pages. */
  | { readonly kind: 'later'; readonly why: string; readonly inMs: number }
  /** A poll came due for which nobody is there; nothing was asked. */
  | { readonly kind: 'unwanted' }

/** Judges what a topic's server answered. Only a complete 200 is content (FETCH-07); a stranger's answer never throws. */
export async function judgeFetch(
  asked: Asked,
  outcome: Answer | NoAnswer,
  { config, now }: { readonly config: Config; readonly now: Date },
): Promise<Fetched> {
  if (outcome.kind === 'no-answer') {
    if (outcome.failure === 'stopped') return { kind: 'stopped' }
    return { kind: 'failed', why: outcome.why, status: null, retryAfterMs: 0 }
  }
  switch (outcome.status) {
    case 200:
      return judgeContent(asked, outcome, { config, now })
    case 304:
      return judgeNotModified(asked, outcome, now)
    default: {
      const { status, headers } = outcome
      return {
        kind: 'failed',
        why: `The topic answered ${status}.`,
        status,
        retryAfterMs: retryAfterMs(headers, now) ?? 0,
      }
    }
  }
}

async function judgeContent(
  asked: Asked,
  answer: Answer,
  { config, now }: { readonly config: Config; readonly now: Date },
): Promise<Fetched> {
  const found = await discoverLinks(answer)
  const links = namedLinks(found)
  const names = namesOf(asked, answer, links)
  if (answer.body.length === 0) return { kind: 'empty', names }
  return {
    kind: 'content',
    content: {
      body: answer.body,
      sha256: createHash('sha256').update(answer.body).digest(),
      contentType: answer.headers.get('content-type')?.[0] || 'application/octet-stream',
      ...deliveredLinks(links, asked.url, config),
    },
    // Behind a redirect another resource may stand tomorrow, and call its first version "1" as well.
    validators: isRedirected(asked, answer) ? noValidators : validatorsOf(answer.headers, now),
    links,
    names,
    selves: found.selves,
    freshForMs: freshForMs(answer.headers, now),
  }
}

async function judgeNotModified(asked: Asked, answer: Answer, now: Date): Promise<Fetched> {
  const { etag, lastModified } = asked.validators
  if (etag === null && lastModified === null) {
    const why = 'The topic answered 304, but was asked for everything.'
    return { kind: 'failed', why, status: 304, retryAfterMs: 0 }
  }
  if (isRedirected(asked, answer))
    return { kind: 'unsure', why: 'The topic has moved, and 304 is said of another resource.' }
  const found: DiscoveredLinks = await discoverLinks({ ...answer, body: new Uint8Array() })
  const links = namedLinks(found)
  if (isOtherLinks(links, asked.links)) return { kind: 'unsure', why: 'The topic answered 304 with other links.' }
  return {
    kind: 'not-modified',
    names: namesOf(asked, answer, { ...asked.links, self: links.self ?? asked.links.self }),
    freshForMs: freshForMs(answer.headers, now),
  }
}

/** A 304 may update header fields (RFC 9111 §4.3.4), and links are re-read at every fetch (FETCH-11). */
function isOtherLinks(named: NamedLinks, known: NamedLinks): boolean {
  return (
    (named.self !== null && named.self !== known.self) || (named.hubs.length > 0 && !isSameList(named.hubs, known.hubs))
  )
}

function namesOf(asked: Asked, answer: Answer, { self }: NamedLinks): readonly string[] {
  return [...(isRedirected(asked, answer) ? [answer.url] : []), ...(self === null ? [] : [self])]
}

function isRedirected(asked: Asked, answer: Answer): boolean {
  return answer.url !== asked.url
}
