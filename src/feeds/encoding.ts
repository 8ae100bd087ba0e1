import { isUtf8 } from 'node:buffer'
import { encodingLabels } from '../discovery/charset.ts'
import type { Document } from './document.ts'

/**
 * The encoding of a document whose markup can be found byte by byte: a byte below 0x80 is always the ASCII character, so
 * what is found between two bytes is whole characters. That is true of UTF-8 and of every encoding with one byte a
 * character that WHATWG's Encoding Standard knows, which are ASCII below 0x80 (ISO-8859, Windows-125x, KOI8 …). It is
 * not of UTF-16, nor of Shift_JIS, Big5, GBK and ISO-2022-JP, whose second bytes may be `]`, `<` or a quotation mark.
 *
 * @returns null where it is another, is not known, or the bytes are not what they are called
 */
export function bytewiseEncoding({ body, contentType }: Document): string | null {
  const names = encodingLabels(body, contentType).map(nameOf)
  // Whoever believes the second word instead of the first must be able to read what is cut as well.
  if (!names.every((name) => name !== null && bytewise.has(name))) return null
  const [first = 'utf-8'] = names
  if (first === 'utf-8' && !isUtf8(body)) return null
  return first
}

function nameOf(label: string): string | null {
  try {
    return new TextDecoder(label).encoding
  } catch {
    return null
  }
}

/** As WHATWG's Encoding Standard names them, "Legacy single-byte encodings", besides UTF-8. */
const bytewise: ReadonlySet<string | null> = new Set([
  'utf-8',
  ...['ibm866', 'koi8-r', 'koi8-u', 'macintosh', 'x-mac-cyrillic'],
  ...[2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16].map((part) => `iso-8859-${part}`),
  'iso-8859-8-i',
  ...[874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258].map((page) => `windows-${page}`),
])
