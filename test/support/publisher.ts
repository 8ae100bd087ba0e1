import { createHash } from 'node:crypto'
import type { TestContext } from 'node:test'
import { type Peer, type PeerAnswer, type Seen, startPeer } from './peer.ts'

export interface Publishing {
  /** `text/html; charset=UTF-8` unless told; null sends no Content-Type. */
  readonly type?: string | null
  /** rel=self of the Link header; the topic itself unless told; null sends none. */
  readonly self?: string | null
  /** rel=hub of the Link header; the publisher's `hubUrl` unless told. */
  readonly hubs?: readonly string[]
  /** Answers with an ETag of the content, and 304 to whoever has it. */
  readonly etag?: boolean
  /** Answers with this Last-Modified, and 304 to whoever has it. */
  readonly lastModified?: string
  readonly headers?: PeerAnswer['headers']
  readonly gzip?: PeerAnswer['gzip']
}

/**
 * A publisher's server: topics on a real port, all of whose answers a test scripts. A path nobody scripted answers 404.
 */
export interface Publisher extends Peer {
  /** The topic URL of a path that begins with `/`. */
  topic(path: string): string
  /** The content of the path from now on. */
  publishes(path: string, content: string | Uint8Array, options?: Publishing): void
  /** What the path answers from now on. */
  answers(path: string, answer: PeerAnswer): void
  /** What the path answers to the next requests, one each, before what stands. */
  answersNext(path: string, ...answers: readonly PeerAnswer[]): void
  /** Holds the next answer of the path, as it would be when the request comes, until `release`. */
  holds(path: string): { release(): void }
  /** The GETs of a path so far. */
  fetches(path: string): readonly Seen[]
}

/** @param hubUrl what topics advertise as their hub; none: they advertise no hub */
export async function startPublisher(
  t: Pick<TestContext, 'after'>,
  { hubUrl }: { readonly hubUrl?: string } = {},
): Promise<Publisher> {
  const standing = new Map<string, (seen: Seen) => PeerAnswer>()
  const next = new Map<string, PeerAnswer[]>()
  const gates = new Map<string, Promise<void>>()
  const peer = await startPeer(t, (seen) => {
    const answer = next.get(seen.path)?.shift() ??
      standing.get(seen.path)?.(seen) ?? { status: 404, body: 'No such topic' }
    const gate = gates.get(seen.path)
    gates.delete(seen.path)
    return gate === undefined ? answer : { ...answer, until: gate }
  })
  const topic = (path: string) => `${peer.origin}${path}`
  return {
    ...peer,
    topic,
    publishes(path, content, options = {}) {
      const defaults = { self: topic(path), hubs: hubUrl === undefined ? [] : [hubUrl] }
      standing.set(path, (seen) => document(seen, content, { ...defaults, ...options }))
    },
    answers(path, answer) {
      standing.set(path, () => answer)
    },
    answersNext(path, ...answers) {
      next.set(path, [...(next.get(path) ?? []), ...answers])
    },
    holds(path) {
      const { promise, resolve } = Promise.withResolvers<void>()
      gates.set(path, promise)
      t.after(() => resolve())
      return { release: resolve }
    },
    fetches: (path) => peer.requests.filter((seen) => seen.method === 'GET' && seen.path === path),
  }
}

function document(seen: Seen, content: string | Uint8Array, options: Publishing): PeerAnswer {
  const { type = 'text/html; charset=UTF-8', self, hubs = [], etag, lastModified, headers, gzip } = options
  const tag = `"${createHash('sha256').update(content).digest('hex').slice(0, 16)}"`
  const links = [...hubs.map((hub) => `<${hub}>; rel="hub"`), ...(self ? [`<${self}>; rel="self"`] : [])]
  const told = {
    ...(type === null ? {} : { 'Content-Type': type }),
    ...(links.length === 0 ? {} : { Link: links.join(', ') }),
    ...(etag ? { ETag: tag } : {}),
    ...(lastModified === undefined ? {} : { 'Last-Modified': lastModified }),
    ...headers,
  }
  const known =
    (etag === true && seen.header('if-none-match') === tag) ||
    (lastModified !== undefined && seen.header('if-modified-since') === lastModified)
  return known ? { status: 304, headers: told } : { headers: told, body: content, ...(gzip ? { gzip } : {}) }
}
