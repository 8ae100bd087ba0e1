/** One link of a `Link` header field (RFC 8288 §3). */
export interface HeaderLink {
  readonly target: string
  /** In lower case. */
  readonly rels: readonly string[]
  /** The resource it speaks of, where that is said; null: the one that answered. */
  readonly anchor: string | null
}

/** Every URL of a delivery's field in this form, so that no byte of it can end the field or the link. */
export interface DeliveryLinks {
  readonly self: string
  /** At least one; ours first. */
  readonly hubs: readonly string[]
}

/**
 * The `Link` header field of a delivery (§7): self first, since one client reads only the first link; one comma and space
 * between, one semicolon and space before a quoted rel, since others split there (DIST-08).
 */
export function linkHeader({ self, hubs }: DeliveryLinks): string {
  return [`<${safe(self)}>; rel="self"`, ...hubs.map((hub) => `<${safe(hub)}>; rel="hub"`)].join(', ')
}

/**
 * Reads `Link` header fields as leniently as clients write them: several fields or one, bare or quoted rels, any order,
 * missing spaces. What cannot be read is passed over without losing the rest. Linear in the length.
 */
export function parseLinkHeader(fields: readonly string[]): readonly HeaderLink[] {
  return fields.flatMap((field) => [...linksOf(field)])
}

function safe(url: string): string {
  return url.replace(/[^\x21-\x7e]|["<>\\^`{|}]/gu, (character) => encodeURIComponent(character.toWellFormed()))
}

function* linksOf(field: string): Generator<HeaderLink> {
  let at = 0
  while (at < field.length) {
    const firstOpens = field.indexOf('<', at)
    if (firstOpens === -1) return
    const closes = field.indexOf('>', firstOpens)
    if (closes === -1) return
    // No URL contains a `<`: one that nothing closed belongs to a link that is broken.
    const opens = field.lastIndexOf('<', closes)
    const { parameters, end } = parametersFrom(field, closes + 1)
    const rel = first('rel', parameters)
    if (rel !== null) {
      const rels = rel.toLowerCase().split(/\s+/)
      yield {
        target: field.slice(opens + 1, closes).trim(),
        rels: rels.filter((each) => each !== ''),
        anchor: first('anchor', parameters),
      }
    }
    at = end
  }
}

/** Of a parameter given twice, the first counts (RFC 8288 §3.3). */
function first(name: string, parameters: readonly (readonly [string, string])[]): string | null {
  return parameters.find(([each]) => each === name)?.[1] ?? null
}

/** The parameters up to the comma that ends the link, names in lower case. */
function parametersFrom(field: string, start: number): { parameters: [string, string][]; end: number } {
  const parameters: [string, string][] = []
  let at = start
  while (at < field.length && field[at] !== ',') {
    if (field[at] !== ';') {
      at++
      continue
    }
    const name = /[^=;,"<]*/y
    name.lastIndex = at + 1
    const found = name.exec(field)?.[0] ?? ''
    at += 1 + found.length
    if (field[at] !== '=') continue
    const { value, end } = valueFrom(field, at + 1)
    parameters.push([found.trim().toLowerCase(), value])
    at = end
  }
  return { parameters, end: at + 1 }
}

function valueFrom(field: string, start: number): { value: string; end: number } {
  let at = start
  while (field[at] === ' ' || field[at] === '\t') at++
  return field[at] === '"' ? (quotedFrom(field, at) ?? bareFrom(field, at + 1)) : bareFrom(field, at)
}

/** null: no quote ends it. It is read as bare then, so that the links behind it are not lost. */
function quotedFrom(field: string, start: number): { value: string; end: number } | null {
  let value = ''
  for (let at = start + 1; at < field.length; at++) {
    if (field[at] === '"') return { value, end: at + 1 }
    if (field[at] === '\\') at++
    value += field[at] ?? ''
  }
  return null
}

function bareFrom(field: string, start: number): { value: string; end: number } {
  const bare = /[^;,]*/y
  bare.lastIndex = start
  const value = bare.exec(field)?.[0] ?? ''
  return { value: value.trim(), end: start + value.length }
}
