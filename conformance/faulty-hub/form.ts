import type { IncomingMessage } from 'node:http'
import type { Has } from './faults.ts'
import { Refused } from './request.ts'

const formBytesMax = 1024 ** 2

/**
 * The fields of a form.
 *
 * @throws {Refused}
 */
export async function readForm(request: IncomingMessage, has: Has): Promise<URLSearchParams> {
  const given = request.headers['content-type'] ?? ''
  const type = has('knows-one-spelling-of-the-form-type') ? given : (given.split(';')[0]?.trim().toLowerCase() ?? '')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= formBytesMax || has('takes-forms-of-any-size')) chunks.push(chunk)
  }
  if (bytes > formBytesMax && !has('takes-forms-of-any-size')) throw new Refused('The form is too large.', 413)
  const sent = Buffer.concat(chunks).toString()
  const text = has('keeps-plus-signs') ? sent.replaceAll('+', '%2B') : sent
  const query = request.url?.split('?')[1] ?? ''
  if (isPingIn(query) && text === '' && !has('takes-no-ping-in-the-query')) return new URLSearchParams(query)
  if (type === 'application/json' && has('accepts-json')) return new URLSearchParams(JSON.parse(text))
  if (type === '' && has('wants-a-form-type')) throw new Refused('Say what this is.', 415)
  if (type === 'multipart/form-data' && has('breaks-on-multipart')) throw new Refused('A slip.', 500)
  if (request.headers.authorization !== undefined && has('refuses-credentials'))
    throw new Refused('Nobody logs in here.', 401)
  if (type !== '' && type !== 'application/x-www-form-urlencoded') {
    throw new Refused('Send application/x-www-form-urlencoded.', 415)
  }
  const fields = new URLSearchParams(has('reads-the-query') && query !== '' ? `${query}&${text}` : text)
  if (has('refuses-hub-verify') && fields.has('hub.verify')) throw new Refused('hub.verify is not known here.')
  const algorithm = fields.get('hub.signature_algorithm') ?? 'sha256'
  if (has('refuses-unknown-algorithms') && !algorithm.startsWith('sha')) throw new Refused(`No ${algorithm} here.`)
  if (has('refuses-sync-alone') && fields.getAll('hub.verify').join() === 'sync') throw new Refused('Not at once.')
  if (has('refuses-unknown-parameters')) refuseUnknown(fields)
  if (has('refuses-secrets') && fields.has('hub.secret')) throw new Refused('hub.secret is not known here.')
  return fields
}

function isPingIn(query: string): boolean {
  return new URLSearchParams(query).get('hub.mode') === 'publish'
}

function refuseUnknown(fields: URLSearchParams): void {
  const known = /^hub\.(mode|topic|callback|secret|lease_seconds|url|verify|verify_token)(\[\])?$/
  const unknown = [...fields.keys()].find((name) => !known.test(name))
  if (unknown !== undefined) throw new Refused(`${unknown} is not known here.`)
}
