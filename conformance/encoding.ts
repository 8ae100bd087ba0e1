import type { Header } from './wire.ts'
import { headerValue } from './wire.ts'

/** Whether a request asks for gzip by name or by `*` (RFC 9110 §12.5.3). One that says nothing is sent what is plain. */
export function acceptsGzip({ headers }: { readonly headers: readonly Header[] }): boolean {
  return (headerValue(headers, 'Accept-Encoding') ?? '')
    .toLowerCase()
    .split(',')
    .some((each) => {
      const [coding = '', ...parameters] = each.split(';').map((part) => part.trim())
      return /^(gzip|x-gzip|\*)$/.test(coding) && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
    })
}
