import { type Form, type FormField, parseForm } from '../form.ts'
import { RequestRefused } from '../refusal.ts'
import { comparisonForm } from '../url-key.ts'
import { checkedUrl } from '../url-rules.ts'

/** WordPress sends ten or more per ping (PUB-17); more than this is no ping but a flood. */
const topicsMax = 1000

/**
 * The topics that a publisher says have changed (§6 leaves the form to the hub: this takes every one that publishers
 * send): `hub.url`, `hub.topic`, either with PHP's `[]` or `[0]`, repeated, comma-joined; each topic once, as first given.
 *
 * @throws {RequestRefused} 400 where none or too many are named or one is no topic URL (then none is noted, PUB-18)
 */
export function changedTopics(form: Form): readonly string[] {
  const named = new Map(form.filter(isTopic).flatMap((field) => parts(field).map((url) => [url, field.name])))
  if (named.size === 0) {
    throw new RequestRefused('hub.url is missing or empty: name the topic that changed, as hub.url=https://…', {
      parameter: 'hub.url',
    })
  }
  if (named.size > topicsMax) {
    throw new RequestRefused(`hub.url names ${named.size} topics; name at most ${topicsMax} at a time.`, {
      parameter: 'hub.url',
    })
  }
  const topics = new Map<string, string>()
  for (const [url, parameter] of named) {
    const key = comparisonForm(checkedUrl(url, parameter))
    if (!topics.has(key)) topics.set(key, url)
  }
  return [...topics.values()]
}

function isTopic({ name, value }: FormField): boolean {
  return /^hub\.(?:url|topic)(?:\[\d{0,4}\])?$/.test(name) && value !== ''
}

/**
 * Known joins percent-encoded URLs by bare commas (PUB-06). A comma may also be part of a URL, so the raw value is split
 * before decoding, and only where another URL begins.
 */
function parts({ raw, value }: FormField): readonly string[] {
  const pieces = raw.split(/,(?=https?(?::|%3A))/i)
  if (pieces.length === 1) return [value]
  // A multipart field is not encoded: what it holds stands for itself.
  return raw === value ? pieces : pieces.flatMap((piece) => parseForm(`=${piece}`).map((field) => field.value))
}
