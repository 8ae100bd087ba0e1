import { createHash } from 'node:crypto'
import type { Part } from '../fragments/part.ts'
import type { Later, Selector } from '../fragments/selector.ts'
import { unescaped } from '../fragments/topic-url.ts'
import { fragmentOf } from '../url-key.ts'
import type { Fetched } from './fetched.ts'
import { nextOfPage, type PageSeen } from './fragment-store.ts'
import type { PublishingParts } from './parts.ts'
import { noValidators } from './revalidation.ts'
import type { Came } from './settle.ts'
import type { ClaimedTopic } from './store.ts'

export interface LookingParts extends PublishingParts {
  readonly selector: Selector
}

/**
 * What stands for a fetch of a fragment topic: its part of the page, as that was published, however it came (fetched,
 * polled or handed over). So one fetch of a page serves all its parts, and a part is never newer than its page.
 */
export async function lookAtPage(
  { db, selector }: LookingParts,
  topic: ClaimedTopic,
  fragment: NonNullable<ClaimedTopic['fragment']>,
): Promise<Came> {
  if (!topic.subscribed) return { fetched: { kind: 'unwanted' } }
  const page = await nextOfPage(db, fragment)
  if (page === null) return { fetched: { kind: 'nothing', why: 'The page has no content yet.' } }
  const { publication, delivery, newest } = page
  const part = await selector.select(publication, unescaped(fragmentOf(topic.url) ?? '') ?? '')
  if (part.kind === 'later') return { fetched: { kind: 'failed', why: part.why, status: null, retryAfterMs: 0 } }
  return { fetched: judgePart(topic, page, part), looked: { number: publication.number, newest, delivery } }
}

function judgePart({ url }: ClaimedTopic, { publication }: PageSeen, part: Exclude<Part | Later, Later>): Fetched {
  if (part.kind === 'nothing') return part
  const { body, contentType } = part
  const sha256 = createHash('sha256').update(body).digest()
  return {
    kind: 'content',
    // What the page calls itself is the page: its part is called what its subscribers call it.
    content: { body, sha256, contentType, selfUrl: url, hubUrls: publication.hubUrls },
    validators: noValidators,
    links: { self: null, hubs: [] },
    names: [],
    selves: 0,
    freshForMs: 0,
  }
}
