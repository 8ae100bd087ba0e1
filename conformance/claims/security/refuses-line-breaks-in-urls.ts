import { isSuccess } from '../../asking.ts'
import { expectRefused } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import type { Context } from '../../context.ts'
import { headerValue } from '../../wire.ts'

const breaks = { 'CR and LF': '\r\nX-Smuggled: 1', LF: '\nX-Smuggled: 1', NUL: '\0x' }

export const claim: Claim = {
  rows: ['SEC-12'],
  level: 'hardening',
  section: '5.1',
  title: 'Line breaks and NUL in a topic or a callback never become part of a header',
  sends: `subscription requests whose topic or callback holds ${Object.keys(breaks).join(', ')}`,
  expects: 'a 4xx; or requests to the callback in which they are gone, or percent-encoded',
  presupposes: ['subscription/is-verified', 'subscription/errors-are-the-clients'],
  async run(context) {
    await Promise.all(
      Object.entries(breaks).flatMap(([what, text]) => [
        check(context, what, { topic: text, callback: '' }),
        check(context, what, { topic: '', callback: text }),
      ]),
    )
  },
}

async function check(
  { subscribe, topic, callback, happens, timing }: Context,
  what: string,
  added: { readonly topic: string; readonly callback: string },
): Promise<void> {
  const subscriber = callback()
  const answer = await subscribe(`${topic().url}/${added.topic}`, `${subscriber.url}/${added.callback}`)
  if (!isSuccess(answer)) return expectRefused(answer, `a URL with ${what}`)
  await happens(() => subscriber.requests.length > 0, timing.quietMs)
  for (const request of subscriber.requests) {
    const smuggled = headerValue(request.headers, 'X-Smuggled')
    expect(smuggled === undefined, { expected: 'no header of the client’s', found: `X-Smuggled: ${smuggled}` }, request)
  }
}
