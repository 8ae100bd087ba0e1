import { readItems } from '../feeds/items.ts'
import { listOwn, type OwnListed } from './own-store.ts'
import type { SuperfeedrParts } from './parts.ts'
import type { ListRequest } from './request.ts'

/** A subscription as Superfeedr listed it; its secret is shown to its owner, who gave it. */
export interface ListedSubscription {
  readonly subscription: {
    /** Null: as published. */
    readonly format: string | null
    readonly endpoint: string
    readonly secret: string | null
    readonly feed: {
      readonly title: string
      readonly url: string
      /** Where it was asked for: when its topic was fetched last, in seconds since 1970; null: never. */
      readonly status?: { readonly lastFetch: number | null }
    }
  }
}

/** A page of what is a login's own. */
export async function listSubscriptions(
  { db, world, cipher }: Pick<SuperfeedrParts, 'db' | 'world' | 'cipher'>,
  owner: string,
  request: ListRequest,
): Promise<readonly ListedSubscription[]> {
  const rows = await listOwn(db, owner, { ...request, now: world.now() })
  const listed: ListedSubscription[] = []
  for (const row of rows) {
    const { topic: url, callback: endpoint, format, sealedSecret } = row
    const secret = sealedSecret === null ? null : cipher.open(sealedSecret)
    const feed = { title: await titleOf(row), url, ...(request.detailed ? { status: statusOf(row) } : {}) }
    listed.push({ subscription: { format, endpoint, secret, feed } })
  }
  return listed
}

async function titleOf({ beginning, contentType, topic }: OwnListed): Promise<string> {
  if (beginning === null) return ''
  const feed = await readItems({ body: beginning, contentType: contentType ?? '' }, topic)
  return feed?.title ?? ''
}

function statusOf({ fetchedAt }: OwnListed) {
  return { lastFetch: fetchedAt === null ? null : Math.floor(fetchedAt.getTime() / 1000) }
}
