/** The media type of a Content-Type, in lower case without parameters; null where there is none. */
export function mediaType(contentType: string | undefined): string | null {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase()
  return type === undefined || type === '' ? null : type
}

/** Decoded and parsed at one go; between two, deliveries have their turn. */
const chunkBytes = 64 * 1024
/** How far the beginning is looked at for a declaration: as far as HTML's own prescan, which exceeds XML's need. */
const declarationBytesMax = 1024

/**
 * A body as text, piece by piece: by its byte order mark, else the Content-Type's charset, else its own declaration, else
 * UTF-8. What cannot be decoded becomes U+FFFD; only the links in it are read, the bytes that are delivered stay as they are.
 */
export function* decodedChunks(body: Uint8Array, contentType: string | undefined): Generator<string, void> {
  const decoder = decoderFor(encodingLabels(body, contentType)[0] ?? 'utf-8')
  for (let at = 0; at < body.length; at += chunkBytes) {
    yield decoder.decode(body.subarray(at, at + chunkBytes), { stream: at + chunkBytes < body.length })
  }
}

/** What the byte order mark, the Content-Type and the body's own declaration call its encoding; the first one counts. */
export function encodingLabels(body: Uint8Array, contentType: string | undefined): readonly string[] {
  return [byteOrderMark(body), charsetOf(contentType), declared(body)].filter((label) => label !== null)
}

function byteOrderMark(body: Uint8Array): string | null {
  const [first, second, third] = body
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return first === 0xef && second === 0xbb && third === 0xbf ? 'utf-8' : null
}

function charsetOf(contentType: string | undefined): string | null {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1] ?? null
}

function declared(body: Uint8Array): string | null {
  const beginning = Buffer.from(body.subarray(0, declarationBytesMax)).toString('latin1')
  const xml = /<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)["']/i.exec(beginning)
  const label = xml?.[1] ?? /<meta[^>]+charset\s*=\s*["']?([^\s"'>/;]+)/i.exec(beginning)?.[1] ?? null
  // A declaration that can be read a byte a character is not in UTF-16, whatever .NET's string writers claim.
  return label !== null && /^utf-?16/i.test(label) ? 'utf-8' : label
}

function decoderFor(label: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(label)
  } catch {
    return new TextDecoder('utf-8')
  }
}
