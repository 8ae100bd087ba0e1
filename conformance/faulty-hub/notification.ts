import { createHmac } from 'node:crypto'
import type { Header } from '../wire.ts'
import type { Call } from './call.ts'
import type { Inside } from './inside.ts'
import type { Subscription } from './subscriptions.ts'
import type { Content } from './topics.ts'
import { keyOf } from './url.ts'

/** The request that brings a subscriber what the topic serves (§7). */
export function notification(inside: Inside, subscription: Subscription, content: Content): Call {
  const { settings, has, agent } = inside
  return {
    method: 'POST',
    url: has('drops-callback-query') ? (subscription.callback.split('?')[0] ?? '') : subscription.callback,
    headers: [
      ['Content-Type', contentType(content, inside)],
      ...linkHeaders(content, inside),
      ...signature(subscription, content.body, inside),
      ...(has('leaks-topic-headers') ? content.headers.filter(([name]) => /^(set-cookie|etag|x-)/i.test(name)) : []),
    ],
    body: content.body,
    timeoutMs: settings.deliveryTimeoutMs,
    bytesMax: 16_384,
    agent,
  }
}

function contentType({ type = 'application/octet-stream' }: Content, { has }: Inside): string {
  if (has('strips-content-type-parameters')) return type.split(';')[0] ?? type
  return type
}

function linkHeaders({ self, hubs }: Content, { has, settings }: Inside): readonly Header[] {
  const own = hubs.find((hub) => keyOf(hub, has) === keyOf(settings.ownUrl(), has)) ?? settings.ownUrl()
  const selfLink = has('no-self-link') ? [] : [`<${self}>; rel="self"`]
  const hubLink = has('no-hub-link') ? [] : [`<${own}>; rel="hub"`]
  const links = [...selfLink, ...hubLink]
  if (has('two-link-lines')) return links.map((link) => ['Link', link])
  return links.length === 0 ? [] : [['Link', links.join(', ')]]
}

function signature({ secret }: Subscription, body: Buffer, { has }: Inside): readonly Header[] {
  if (secret === undefined && has('signs-without-secret')) return [['X-Hub-Signature', `sha256=${'0'.repeat(64)}`]]
  if (secret === undefined || has('never-signs')) return []
  const hex = createHmac('sha256', has('signs-with-wrong-key') ? `${secret} ` : secret)
    .update(body)
    .digest('hex')
  return [['X-Hub-Signature', has('upper-case-hex') ? `sha256=${hex.toUpperCase()}` : `sha256=${hex}`]]
}
