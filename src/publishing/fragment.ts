import { createHash } from 'node:crypto'
import type { Publication } from '../distribution/publication-store.ts'
import type { Publications } from '../distribution/publications.ts'
import type { Part } from '../fragments/part.ts'
import type { Selector } from '../fragments/selector.ts'
import type { Fetched } from './fetched.ts'
import { nextOfPage } from './fragment-store.ts'
import type { PublishingParts } from './parts.ts'
import { noValidators } from './revalidation.ts'
import type { Came } from './settle.ts'
import type { ClaimedTopic } from './store.ts'

export interface LookingParts extends PublishingParts {
  readonly selector: Selector
  readonly publications: Publications
}

/**
 * What stands for a fetch of a fragment topic: its part of the page, as that was published, however it came (fetched,
 * polled or handed over). So one fetch of a page serves all its parts, and a part is never newer than its page.
 */
export async function lookAtPage(
  { db, selector, publications }: LookingParts,
  topic: ClaimedTopic,
  fragment: NonNullable<ClaimedTopic['fragment']>,
  stop: AbortSignal,
): Promise<Came> {
  if (!topic.subscribed) return { fetched: { kind: 'unwanted' } }
  const next = await nextOfPage(db, fragment)
  const publication = next === null ? null : await publications.read(fragment.pageId, next.number)
  if (next === null || publication === null)
    return { fetched: { kind: 'nothing', why: 'The page has no content yet.' } }
  const part = await selector.select(publication, topic.url)
  if (stop.aborted) return { fetched: { kind: 'stopped' } }
  if (part.kind === 'later') return { fetched: part }
  return { fetched: judgePart(topic, publication, part), looked: next }
}

function judgePart({ url }: ClaimedTopic, { hubUrls }: Publication, part: Part): Fetched {
  if (part.kind === 'nothing') return part
  const { body, contentType } = part
  const sha256 = createHash('sha256').update(body).digest()
  return {
    kind: 'content',
    // What the page calls itself is the page: its part is called what its subscribers call it.
    content: { body, sha256, contentType, selfUrl: url, hubUrls },
    validators: noValidators,
    links: { self: null, hubs: [] },
    names: [],
    selves: 0,
    freshForMs: 0,
  }
}
