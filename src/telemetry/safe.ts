/** Text of strangers as a log line may hold it: nothing invisible, nothing that turns a line around, and not too long. */
export function printable(text: string, charactersMax = 500): string {
  const cut = text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text
  return cut.replace(/[\p{C}\u2028\u2029]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/** A topic's URL, without the user name and password it may carry (SEC-12, SIG-14). */
export function printableUrl(url: string): string {
  return printable(url.replace(/^([a-z][a-z0-9+.-]*:[/\\]*)[^/?#\\]*@/i, '$1'), 1000)
}

/** What a log line tells of an error. What Postgres adds in `detail` and `where` may be a whole row, callbacks included. */
export function errorFields(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: printable(String(error)) }
  const code = 'code' in error ? { code: String(error.code) } : {}
  const cause = error.cause === undefined || depth >= causesMax ? {} : { cause: errorFields(error.cause, depth + 1) }
  return { name: error.name, message: printable(error.message), ...code, stack: framesOf(error), ...cause }
}

const causesMax = 5

/** The frames alone: the lines above them repeat the message, whatever it holds. */
function framesOf({ stack = '' }: Error): readonly string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
}
