import type { Exchange, Header, Message } from './wire.ts'

/** The hub's answer to a request of the suite's. */
export interface Answered {
  readonly status: number
  readonly headers: readonly Header[]
  readonly body: Buffer
  readonly text: string
  /** From sending the request to the end of the answer. */
  readonly tookMs: number
  readonly exchange: Exchange
}

export type FormFields = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[]

export interface SendOptions {
  /** What it is for, as the wire print shall name it. */
  readonly what: string
  /** The hub URL unless told. */
  readonly url?: string
  /** POST unless told. */
  readonly method?: string
  readonly headers?: readonly Header[]
  readonly body?: string | Uint8Array
}

/** A form's body: each name and value percent-encoded, spaces too, so that no reading of `+` matters. */
export function encodeForm(fields: FormFields): string {
  return pairsOf(fields)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
}

export function pairsOf(fields: FormFields): readonly (readonly [string, string])[] {
  return Array.isArray(fields) ? fields : Object.entries(fields)
}

export const formType: Header = ['Content-Type', 'application/x-www-form-urlencoded']

export function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300
}

export function statusOf({ start }: Message): number {
  return Number(/^HTTP\/\S+ (\d{3})/.exec(start)?.[1] ?? 0)
}
