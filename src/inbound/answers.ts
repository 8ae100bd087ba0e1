import { isDatabaseAway } from '../db/away.ts'
import type { Events } from '../events.ts'
import { RequestRefused } from '../refusal.ts'
import { TookTooLong } from './in-time.ts'

/** A sentence for a developer (§5.1.2), never markup (SEC-13). */
export function plainText(sentence: string, status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${sentence}\n`, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
  })
}

/**
 * What the client is told when a request was not served: a refusal as it stands; Postgres away as 503, so that the client
 * asks again; anything else is our mistake, logged once, of which only that it happened leaves the hub.
 */
export function answerTo(
  error: unknown,
  { path, client, events }: { readonly path: string; readonly client: string; readonly events: Events },
): Response {
  if (error instanceof RequestRefused) {
    const { status, parameter, message: sentence } = error
    events.requestRefused({ status, parameter, sentence, client })
    return plainText(sentence, status, headersOf(error))
  }
  events.requestFailed({ error, path })
  if (error instanceof TookTooLong) {
    return plainText('The hub could not store this in time, and cannot tell whether it will: send it again.', 503, {
      'Retry-After': String(databaseRetrySeconds),
    })
  }
  if (isDatabaseAway(error)) {
    return plainText('The hub cannot reach its database; nothing was accepted. Try again soon.', 503, {
      'Retry-After': String(databaseRetrySeconds),
    })
  }
  return plainText('The hub made a mistake; nothing was accepted. Its operator finds it in the log.', 500)
}

const databaseRetrySeconds = 5

function headersOf({ status, retryAfterSeconds, acceptEncoding, scheme }: RequestRefused): Record<string, string> {
  return {
    ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
    ...(acceptEncoding === undefined ? {} : { 'Accept-Encoding': acceptEncoding }),
    ...(status === 401 ? { 'WWW-Authenticate': `${scheme} realm="fanfare"` } : {}),
  }
}
