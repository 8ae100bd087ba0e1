import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Form, parseForm } from '../form.ts'
import { RequestRefused } from '../refusal.ts'

/** What came with a request. */
export interface ReceivedForm {
  readonly form: Form
  /** Bytes of the body; 0: there was none, and `form` is empty. */
  readonly bodyBytes: number
}

/** A request and the answer it will get. */
export interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** Tells a client that waits to be asked (`Expect: 100-continue`) to send its body: not before it is known to be wanted. */
export function askForBody({ incoming, outgoing }: Exchange): void {
  if (incoming.headers.expect !== undefined) outgoing.writeContinue()
}

/** Whether its header announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** A ping may name many topics (PUB-17); everything else is shorter, and says so by itself. */
export const formBytesMax = 1024 * 1024

/**
 * Reads the parameters in a request's body: urlencoded (§5.1, §6), multipart as some PHP clients send it (SUB-36), or
 * with no Content-Type at all (SUB-35).
 *
 * @throws {RequestRefused} 413 before the rest is read, 415 for what is no form, 400 for what cannot be decoded
 */
export async function readForm(incoming: IncomingMessage): Promise<ReceivedForm> {
  const read = readerOf(incoming)
  const body = await readBytes(incoming)
  const form = body.length === 0 ? [] : await read(body)
  return { form: decodable(form), bodyBytes: body.length }
}

/** The parameters in the hub URL's query (PUB-23). Node gives the request-target as Latin-1: a character a byte. */
export function queryForm(requestTarget: string): Form {
  const query = requestTarget.indexOf('?')
  return query === -1 ? [] : decodable(urlencoded(Buffer.from(requestTarget.slice(query + 1), 'latin1')))
}

type Reader = (body: Buffer) => Form | Promise<Form>

/** Chosen before anything is read: what we cannot use need not arrive. */
function readerOf({ headers }: IncomingMessage): Reader {
  const contentType = headers['content-type'] ?? ''
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase()
  if (encoding !== 'identity') throw new RequestRefused('Send the form without Content-Encoding.', { status: 415 })
  const mediaType = contentType.replace(/;.*/s, '').trim().toLowerCase()
  if (mediaType === '' || mediaType === 'application/x-www-form-urlencoded') return urlencoded
  if (mediaType === 'multipart/form-data') return (body) => multipart(body, contentType)
  return () => [] // It has no body (`content-header.ts`).
}

async function readBytes(incoming: IncomingMessage): Promise<Buffer> {
  if (Number(incoming.headers['content-length'] ?? 0) > formBytesMax) throw tooLarge(formBytesMax)
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      bytes += chunk.length
      if (bytes > formBytesMax) throw tooLarge(formBytesMax)
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof RequestRefused) throw cause
    throw new RequestRefused('The body ended before it was complete.')
  }
  return Buffer.concat(chunks, bytes)
}

/** The refusal of a body beyond a limit. */
export function tooLarge(bytesMax: number): RequestRefused {
  return new RequestRefused(`The body must be at most ${bytesMax / 1024} KiB.`, { status: 413 })
}

function urlencoded(body: Buffer): Form {
  return parseForm(isUtf8(body) ? body.toString('utf8') : escaped(body))
}

/** Bytes that are not UTF-8 stay themselves in `raw`, so that `decodable` can tell which parameter they stand in. */
function escaped(body: Buffer): string {
  return body.toString('latin1').replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
}

async function multipart(body: Buffer, contentType: string): Promise<Form> {
  const data = await new Response(body, { headers: { 'Content-Type': contentType } }).formData().catch(() => {
    throw new RequestRefused('The multipart/form-data body cannot be read: its boundary or a part is malformed.')
  })
  const lossy = !isUtf8(body) // Files may be anything; a text that lost bytes to U+FFFD shall be refused below.
  return [...data].flatMap(([name, value]) => {
    if (typeof value !== 'string') return []
    return [{ name, value, raw: lossy ? value.replaceAll('\uFFFD', '%FF') : value }]
  })
}

/** Parameters nobody reads may hold anything (§5.1: they are ignored); those of ours must be text that Postgres can keep. */
function decodable(form: Form): Form {
  for (const { name, value, raw } of form) {
    if (!name.startsWith('hub.')) continue
    if (value.includes('\0')) throw refusedField(name, 'must not contain a NUL character')
    if (value.includes('\uFFFD') && !isUtf8(unescaped(raw))) throw refusedField(name, 'must be UTF-8, percent-encoded')
  }
  return form
}

function unescaped(raw: string): Buffer {
  const bytes = Buffer.from(raw, 'utf8').toString('latin1')
  const decoded = bytes.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(decoded, 'latin1')
}

function refusedField(name: string, what: string): RequestRefused {
  const parameter = /^hub\.[a-z_]{1,30}(?:\[\])?$/.test(name) ? name : undefined
  return new RequestRefused(`${parameter ?? 'A parameter'} ${what}.`, parameter === undefined ? {} : { parameter })
}

/**
 * A coding besides `chunked` would be part of what is handed over, with nothing to tell of it (RFC 9112 §6.1).
 *
 * @throws {RequestRefused} 400
 */
export function refuseTransferCodings({ headers }: IncomingMessage): void {
  const coding = headers['transfer-encoding']
  if (coding === undefined || coding.trim().toLowerCase() === 'chunked') return
  throw new RequestRefused(
    'The only Transfer-Encoding read here is chunked; to compress a body, say so in Content-Encoding.',
  )
}
