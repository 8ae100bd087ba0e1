/** A header line as it was sent: its name's casing, its value's spacing. */
export type Header = readonly [name: string, value: string]

/** A request or an answer. */
export interface Message {
  /** The request line or the status line. */
  readonly start: string
  readonly headers: readonly Header[]
  readonly body: Buffer
}

/** One request and what was answered to it, whichever way it went. */
export interface Exchange {
  /** What it was for: `subscribe`, `verification`, `fetch`, `delivery` … */
  readonly what: string
  readonly by: 'suite' | 'hub'
  /** Milliseconds since the claim began. */
  readonly atMs: number
  readonly request: Message
  /** A sentence where no answer was: why. Null while it is still open. */
  answer: Message | string | null
}

/** All values of a header, one for each line of that name. */
export function headerLines(headers: readonly Header[], name: string): readonly string[] {
  return headers.filter(([each]) => each.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
}

/** The value of a header, its lines joined as RFC 9110 §5.3 joins them; undefined where it did not come. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  const lines = headerLines(headers, name)
  return lines.length === 0 ? undefined : lines.join(', ')
}

/** Node's flat list of header names and values, in pairs. */
export function headerPairs(flat: readonly string[]): readonly Header[] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : []))
}

/** The exchange as it was on the wire: `>` towards the hub, `<` from the hub. */
export function printExchange({ what, by, atMs, request, answer }: Exchange): string {
  const [asks, answers] = by === 'suite' ? ['>', '<'] : ['<', '>']
  const title = `${what}, sent ${by === 'suite' ? 'to' : 'by'} the hub after ${(atMs / 1000).toFixed(2)} s`
  const answered =
    answer === null
      ? [`${answers} (not answered yet)`]
      : typeof answer === 'string'
        ? [`${answers} (${answer})`]
        : lines(answers, answer)
  return [title, ...lines(asks, request), ...answered].join('\n')
}

/** What a terminal or a page could take for a command, written as an escape. */
export function printable(text: string): string {
  return [...text].map((character) => (isControl(character) ? escaped(character) : character)).join('')
}

function lines(mark: string, { start, headers, body }: Message): readonly string[] {
  const text = [start, ...headers.map(([name, value]) => `${name}: ${value}`)]
  const content = body.length === 0 ? [] : ['', ...printBody(body)]
  return [...text, ...content].map((line) => `${mark} ${printable(line)}`.trimEnd())
}

const bodyBytesShown = 800

function printBody(body: Buffer): readonly string[] {
  const shown = body.subarray(0, bodyBytesShown)
  const rest = body.length > shown.length ? [`… (${body.length} bytes in all)`] : []
  const text = shown.toString('utf8')
  if (text.includes('\0')) return [`${shown.subarray(0, 48).toString('hex')}… (${body.length} bytes, in hex)`]
  return [...text.split(/\r?\n/), ...rest]
}

/** C0 and C1 but for the tab. */
function isControl(character: string): boolean {
  const code = character.charCodeAt(0)
  return (code < 0x20 && code !== 0x09) || (code >= 0x7f && code < 0xa0)
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
