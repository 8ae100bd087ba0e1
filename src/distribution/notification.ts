import type { Algorithm } from '../db/schema.ts'
import { linkHeader } from '../discovery/link-header.ts'
import type { OutboundRequest } from '../world.ts'
import type { Publication } from './publication-store.ts'
import { signature } from './signature.ts'

/** To whom, and how signed. */
export interface Recipient {
  readonly subscriptionId: number
  readonly callback: string
  /** Decrypted; null: unsigned (§7.1). */
  readonly secret: string | null
  readonly algorithm: Algorithm
}

export interface NotificationOptions {
  /** 1 for the first try of this number. */
  readonly attempt: number
  /** When it was asked for again; null: it was not. */
  readonly replayAt: Date | null
  readonly now: Date
  readonly timeoutMs: number
}

/** As much of a callback's answer as is kept (design §5); nothing in it is parsed (RETRY-15). */
const answerBytesMax = 16 * 1024

/**
 * The content distribution request of §7: the publication's own bytes and Content-Type, both links in one field, self
 * first, and nothing added to the callback (§5.1.1).
 */
export function notification(
  publication: Publication,
  recipient: Recipient,
  { attempt, replayAt, now, timeoutMs }: NotificationOptions,
): OutboundRequest {
  return {
    purpose: 'deliver',
    method: 'POST',
    url: recipient.callback,
    headers: {
      'Content-Type': publication.contentType,
      Link: linkHeader({ self: publication.selfUrl, hubs: publication.hubUrls }),
      ...signed(publication, recipient),
      'Fanfare-Notification': notificationId(recipient.subscriptionId, publication.number, replayAt),
      'Fanfare-Number': String(publication.number),
      'Fanfare-Attempt': String(attempt),
      'Fanfare-Timestamp': String(Math.floor(now.getTime() / 1000)),
    },
    body: publication.body,
    timeoutMs,
    bodyBytesMax: answerBytesMax,
    overflow: 'cut',
    redirectsMax: 0,
  }
}

/**
 * The same at every retry and after every crash, so that what comes twice can be told (RETRY-13); another where it was asked for
 * again, so that it is not taken for that.
 */
export function notificationId(subscriptionId: number, number: number, replayAt: Date | null): string {
  const id = `${subscriptionId}-${number}`
  return replayAt === null ? id : `${id}-again-${replayAt.getTime()}`
}

function signed(publication: Publication, { secret, algorithm }: Recipient): Record<string, string> {
  if (secret === null) return {}
  return { 'X-Hub-Signature': signature(algorithm, secret, publication.body) }
}
