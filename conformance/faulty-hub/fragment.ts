import { createHash } from 'node:crypto'
import type { Inside } from './inside.ts'

/** The page of a topic with a fragment; of any other topic the topic. */
export function pageOf(topic: string): string {
  return topic.split('#', 1)[0] ?? topic
}

/** Every topic that a change of these pages may have changed: themselves, and those of their parts that are subscribed to. */
export function withParts(
  { subscriptions }: Pick<Inside, 'subscriptions'>,
  pages: readonly string[],
): readonly string[] {
  const parts = [...subscriptions.values()].map(({ topic }) => topic).filter((topic) => topic !== pageOf(topic))
  return [...pages, ...new Set(parts.filter((part) => pages.includes(pageOf(part))))]
}

/** What the page says there, so far as the suite asks: elements of a class, or the way to a value of JSON; undefined: nothing. */
export function partOf(body: Buffer, topic: string, { has }: Pick<Inside, 'has'>): Buffer | undefined {
  if (topic === pageOf(topic) || has('delivers-pages-for-parts')) return body
  const fragment = decodeURIComponent(topic.slice(pageOf(topic).length + 1))
  const part = fragment.startsWith('$') ? valueAt(body.toString(), fragment) : elements(body.toString(), fragment)
  if (fragment.startsWith('$') && has('takes-json-for-text')) return body
  if (part === undefined) return undefined
  const version = createHash('sha256').update(body).digest('hex')
  const minded = has('minds-changes-beside-a-part') && !fragment.startsWith('$')
  return Buffer.from(minded ? `${part}<!-- ${version} -->` : part)
}

function elements(text: string, selector: string): string | undefined {
  const found = [...text.matchAll(/<(\w+) class="([\w-]+)">.*?<\/\1>/gs)].filter(
    ([, , name]) => `.${name}` === selector,
  )
  return found.length === 0 ? undefined : found.map(([element]) => element).join('')
}

function valueAt(text: string, path: string): string | undefined {
  let value = parsed(text)
  for (const name of path.split('.').slice(1)) {
    value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
  }
  return JSON.stringify(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
