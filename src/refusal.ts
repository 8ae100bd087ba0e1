/** A client asked for what the hub will not do: a status and a sentence for the client's developer (§5.1.2). */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'
  /** 400 to 499, or 503 for overload; `inbound/app.ts` alone turns it into an answer. */
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 421 | 422 | 429 | 503
  /** The parameter that is wrong, where one is: for logs and metrics; the sentence names it too. */
  readonly parameter: string | undefined
  /** The codings that would be right, for `Accept-Encoding` (RFC 9110 §15.5.16). */
  readonly acceptEncoding: string | undefined
  /** What a 401 asks for (RFC 9110 §11.6.1); without a word: a publisher's key. */
  readonly scheme: 'Basic' | 'Bearer'
  /** Whole seconds for `Retry-After`, where waiting helps. */
  readonly retryAfterSeconds: number | undefined

  constructor(
    sentence: string,
    options: {
      status?: RequestRefused['status']
      parameter?: string
      acceptEncoding?: string
      scheme?: RequestRefused['scheme']
      retryAfterSeconds?: number
    } = {},
  ) {
    super(sentence)
    this.status = options.status ?? 400
    this.parameter = options.parameter
    this.acceptEncoding = options.acceptEncoding
    this.scheme = options.scheme ?? 'Bearer'
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}
