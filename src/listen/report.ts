import { timingSafeEqual } from 'node:crypto'
import type { Algorithm } from '../db/schema.ts'
import { signature } from '../distribution/signature.ts'
import type { Delivery } from './callback-server.ts'

const algorithms: readonly Algorithm[] = ['sha1', 'sha256', 'sha384', 'sha512']

/**
 * What `X-Hub-Signature` is worth (§7.1), in words.
 *
 * @param secret null: none was given to the hub
 */
export function signatureWords(header: string | undefined, body: Buffer, secret: string | null): string {
  if (secret === null) return header === undefined ? 'unsigned, as asked' : 'SIGNED, though no secret was given'
  if (header === undefined) return 'NOT SIGNED, though a secret was given'
  const algorithm = algorithms.find((each) => header.toLowerCase().startsWith(`${each}=`))
  if (algorithm === undefined) return `SIGNED BY A METHOD THAT IS NOT KNOWN: ${printable(header)}`
  const expected = Buffer.from(signature(algorithm, secret, body))
  const given = Buffer.from(header)
  const right = expected.length === given.length && timingSafeEqual(expected, given)
  return right ? `signed with ${algorithm}, right` : `WRONG SIGNATURE (${algorithm})`
}

export interface DeliveryReport {
  readonly secret: string | null
  readonly whole: boolean
  /** The number delivered before, where the hub numbers them. */
  readonly previous: number | null
}

/** A delivery as a person reads it. */
export function deliveryWords({ headers, body }: Delivery, { secret, whole, previous }: DeliveryReport): string {
  const signed = signatureWords(one(headers['x-hub-signature']), body, secret)
  const number = numberOf({ headers, body })
  const lines = [
    `delivery${number === null ? '' : ` ${number}`}: ${body.length} bytes of ${printable(headers['content-type'] ?? 'no type')}; ${signed}`,
    `  link: ${printable(one(headers.link) ?? 'NONE')}`,
  ]
  if (number !== null && previous !== null && number > previous + 1) {
    lines.push(`  numbers ${previous + 1} to ${number - 1} did not come: newer ones took their place`)
  }
  return [...lines, ...beginning(body, whole).map((line) => `  | ${line}`)].join('\n')
}

export function numberOf({ headers }: Delivery): number | null {
  const number = Number(one(headers['fanfare-number']) ?? Number.NaN)
  return Number.isSafeInteger(number) ? number : null
}

/** Harmless in a terminal: no control character gets there. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}/gu, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`)
}

/** Why a request failed, as the system that failed it says. */
export function whyOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}

const linesMax = 10
const columnsMax = 160

function beginning(body: Buffer, whole: boolean): readonly string[] {
  const text = body.toString('utf8')
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/)
  if (whole) return lines.map(printable)
  const shown = lines
    .slice(0, linesMax)
    .map((line) => printable(line.slice(0, columnsMax)) + (line.length > columnsMax ? '…' : ''))
  return lines.length > linesMax ? [...shown, `… ${lines.length - linesMax} more lines (--body shows all)`] : shown
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
