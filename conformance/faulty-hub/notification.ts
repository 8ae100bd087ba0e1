import { createHmac } from 'node:crypto'
import type { Header } from '../wire.ts'
import type { Call } from './call.ts'
import type { Content, Inside, Subscription } from './inside.ts'

/** The request that brings a subscriber what the topic serves (§7). */
export function notification(inside: Inside, subscription: Subscription, content: Content): Call {
  const { settings, has, agent, clock } = inside
  return {
    method: 'POST',
    url: callbackUrl(subscription, inside),
    headers: [
      ['Content-Type', contentType(content, inside)],
      ...linkHeaders(content, inside),
      ...signature(subscription, (has('signs-the-whole-feed') ? content.whole : undefined) ?? content.body, inside),
      ...(has('leaks-topic-headers') ? content.headers.filter(([name]) => /^(set-cookie|etag|x-)/i.test(name)) : []),
      ...(has('secret-in-delivery') ? [['X-Secret', encodeURIComponent(subscription.secret ?? '')] as const] : []),
      ...(has('has-headers-without-prefix') ? [['Topic', content.self] as const] : []),
      ...(has('shows-subscribers-to-each-other') ? subscribers(subscription, inside) : []),
      ...(has('expects-continue') ? [['Expect', '100-continue'] as const] : []),
    ],
    body: content.body,
    chunked: has('chunks-deliveries'),
    timeoutMs: has('waits-briefly-for-answers') ? 4 * settings.secondMs : settings.deliveryTimeoutMs,
    bytesMax: has('reads-answers-to-their-end') ? Number.POSITIVE_INFINITY : 16_384,
    agent,
    clock,
  }
}

function subscribers({ topic }: Subscription, { subscriptions }: Inside): readonly Header[] {
  const all = [...subscriptions.values()].filter((each) => each.topic === topic)
  return [['X-Subscribers', all.map(({ callback }) => encodeURI(callback)).join(', ')]]
}

function callbackUrl({ topic, callback }: Subscription, { has }: Inside): string {
  if (has('drops-callback-query')) return callback.split('?')[0] ?? ''
  if (has('adds-to-callback-query-on-delivery')) {
    return `${callback}${callback.includes('?') ? '&' : '?'}hub.topic=${encodeURIComponent(topic)}`
  }
  return callback
}

function contentType({ type }: Content, { has }: Inside): string {
  if (type === undefined) return has('invents-a-content-type') ? 'text/plain' : 'application/octet-stream'
  if (has('strips-content-type-parameters')) return type.split(';')[0] ?? type
  if (has('respaces-content-type')) return type.replace(/;\s*/g, '; ')
  return type
}

function linkHeaders(content: Content, inside: Inside): readonly Header[] {
  const { has } = inside
  if (content.unlinked) return []
  const links = [...selfLinks(content, inside), ...hubLinks(content, inside)]
  if (has('two-link-lines')) return links.map((link) => ['Link', link])
  const line = has('delivers-content-without-links') && content.handedOver === true ? '' : links.join(', ')
  return line === '' ? [] : [['Link', has('writes-links-without-spaces') ? line.replaceAll(' ', '') : line]]
}

function selfLinks({ self, selves, topic }: Content, { has }: Inside): readonly string[] {
  if (has('no-self-link')) return []
  const target = has('names-topic-as-self-always') ? topic : self
  if (has('names-every-self') && selves.length > 1) return selves.map((each) => `<${each}>; rel="self"`)
  const written = has('writes-link-targets-as-html') ? target.replaceAll('&', '&amp;') : target
  const link = `<${has('writes-link-targets-raw') ? decodeURI(target) : written}>; rel="self"`
  return has('two-self-links') ? [link, '<https://elsewhere.example/>; rel="self"'] : [link]
}

function hubLinks({ hubs }: Content, { has, settings }: Inside): readonly string[] {
  if (has('no-hub-link')) return []
  if (has('names-other-hubs-first') && hubs.length > 1) return hubs.map((hub) => `<${hub}>; rel="hub"`)
  const known = [settings.ownUrl(), ...(has('knows-no-alias') ? [] : [settings.aliasUrl()])]
  const advertised = hubs.find((hub) => known.includes(URL.parse(hub)?.href ?? ''))
  if (advertised === undefined && has('names-no-hub-that-is-not-advertised')) return []
  return [`<${has('names-hub-as-configured') ? settings.ownUrl() : (advertised ?? settings.ownUrl())}>; rel="hub"`]
}

function signature(subscription: Subscription, body: Buffer, inside: Inside): readonly Header[] {
  const { has } = inside
  const { secret } = subscription
  if (secret === undefined && has('signs-without-secret')) return [['X-Hub-Signature', `sha256=${'0'.repeat(64)}`]]
  if (secret === undefined || has('never-signs')) return []
  const key = keyFor(subscription, inside) ?? secret
  const signatures = methods(inside).map((method) => `${method}=${hmac(method, key, body, inside)}`)
  if (has('lists-two-signatures')) return [['X-Hub-Signature', signatures.join(', ')]]
  return signatures.map((value) => ['X-Hub-Signature', value])
}

function methods({ has }: Inside): readonly string[] {
  if (has('two-signature-lines') || has('lists-two-signatures')) return ['sha1', 'sha256']
  return [has('signs-with-md5') ? 'md5' : has('signs-with-sha1') ? 'sha1' : 'sha256']
}

function keyFor({ topic, secret }: Subscription, { has, subscriptions }: Inside): string | Buffer | undefined {
  if (has('signs-with-wrong-key')) return `${secret} `
  if (has('trims-secrets')) return secret?.trim()
  if (has('keeps-64-bytes-of-a-secret')) return Buffer.from(secret ?? '').subarray(0, 64)
  if (has('reads-secrets-as-latin1')) return Buffer.from(secret ?? '', 'latin1')
  if (!has('signs-all-with-one-secret')) return secret
  return [...subscriptions.values()].find((other) => other.topic === topic && other.secret !== undefined)?.secret
}

function hmac(method: string, key: string | Buffer, body: Buffer, { has }: Inside): string {
  const hash = createHmac(method, key)
  if (has('signs-more-than-the-body')) hash.update('2026-06-02T12:00:00Z.')
  const hex = hash.update(has('signs-decoded-text') ? body.toString() : body).digest('hex')
  return has('upper-case-hex') ? hex.toUpperCase() : hex
}
