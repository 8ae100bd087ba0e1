import { type Header, headerLines } from './wire.ts'

/** One link of a `Link` header. */
export interface Link {
  /** As it stands between the angle brackets. */
  readonly target: string
  /** Its relation types, in lower case. */
  readonly rels: readonly string[]
}

/** The links of all `Link` lines, in order (RFC 8288 §3). What is malformed ends the reading of its line. */
export function linksOf(headers: readonly Header[]): readonly Link[] {
  return headerLines(headers, 'Link').flatMap(linksIn)
}

/** What the links of one relation type lead to, in order. */
export function targetsTo(rel: string, headers: readonly Header[]): readonly string[] {
  return linksOf(headers)
    .filter(({ rels }) => rels.includes(rel))
    .map(({ target }) => target)
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const value = String.raw`"((?:[^"\\]|\\.)*)"|([^\s",;]+)`
const parameter = String.raw`\s*;\s*(?:(${token})\s*(?:=\s*(?:${value}))?)?`
const oneLink = new RegExp(String.raw`[\s,]*<([^<>]*)>((?:${parameter})*)\s*(?=,|$)`, 'y')

function linksIn(line: string): readonly Link[] {
  const links: Link[] = []
  oneLink.lastIndex = 0
  for (let match = oneLink.exec(line); match !== null; match = oneLink.exec(line)) {
    links.push({ target: match[1]?.trim() ?? '', rels: relsIn(match[2] ?? '') })
  }
  return links
}

/** The first `rel` counts, others are ignored (RFC 8288 §3.3). */
function relsIn(parameters: string): readonly string[] {
  const each = [...parameters.matchAll(new RegExp(parameter, 'g'))]
  const [, , quoted, plain] = each.find(([, name]) => name?.toLowerCase() === 'rel') ?? []
  return (quoted ?? plain ?? '')
    .replace(/\\(.)/g, '$1')
    .toLowerCase()
    .split(/\s+/)
    .filter((rel) => rel !== '')
}
