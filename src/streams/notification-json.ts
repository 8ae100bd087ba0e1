import { isUtf8 } from 'node:buffer'
import { StringDecoder } from 'node:string_decoder'
import { setImmediate as otherWork } from 'node:timers/promises'
import type { Publication } from '../distribution/publication-store.ts'

/** A multiple of three, so that the base64 of slices is that of the whole. */
const sliceBytes = 192 * 1024

/** Made in one go. */
export function isSmall({ body }: Publication): boolean {
  return body.length <= sliceBytes
}

/**
 * One line of JSON. `body` is the content as text; encoded as UTF-8 it is the content's bytes again. What is not UTF-8, or
 * would grow beyond use as text, comes as `bodyBase64` instead. Made in slices with other work between them: ten megabytes
 * at once would hold up deliveries for a quarter of a second.
 */
export async function notificationJson({ number, contentType, selfUrl, hubUrls, body }: Publication): Promise<Buffer> {
  const about = JSON.stringify({ event: 'notification', number, contentType, self: selfUrl, hubs: hubUrls })
  const text = isUtf8(body) ? await escapedText(body) : null
  const [name, slices] = text === null ? ['bodyBase64', await base64(body)] : ['body', text]
  return Buffer.concat([Buffer.from(`${about.slice(0, -1)},"${name}":"`), ...slices, Buffer.from('"}')])
}

/** Null: it would grow to more than twice its size, since a control character is six characters of JSON. */
async function escapedText(body: Buffer): Promise<readonly Buffer[] | null> {
  const decoder = new StringDecoder('utf8')
  let bytesLeft = 2 * body.length + sliceBytes
  const slices = await slicesOf(body, (slice) => {
    const escaped = Buffer.from(JSON.stringify(decoder.write(slice)).slice(1, -1))
    bytesLeft -= escaped.length
    return bytesLeft < 0 ? null : escaped
  })
  return slices
}

async function base64(body: Buffer): Promise<readonly Buffer[]> {
  return (await slicesOf(body, (slice) => Buffer.from(slice.toString('base64'), 'latin1'))) ?? []
}

async function slicesOf(body: Buffer, slice: (slice: Buffer) => Buffer | null): Promise<readonly Buffer[] | null> {
  const slices: Buffer[] = []
  for (let at = 0; at < body.length; at += sliceBytes) {
    if (at > 0) await otherWork()
    const made = slice(body.subarray(at, at + sliceBytes))
    if (made === null) return null
    slices.push(made)
  }
  return slices
}
