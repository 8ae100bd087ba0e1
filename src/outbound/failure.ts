import type { Failure } from '../world.ts'

/** A failure and its sentence: it names the host, which the reader knows, and never a path, query, header or body. */
export interface Failed {
  readonly failure: Failure
  readonly why: string
}

/** Why no connection could be opened to `where`. */
export function connectFailure(error: NodeJS.ErrnoException, where: string): Failed {
  if (ourOwnLack.has(error.code ?? '')) {
    return { failure: 'stopped', why: `The hub has no socket left to call ${where} (${error.code}).` }
  }
  return {
    failure: 'connect',
    why: `${where} cannot be reached: ${connectReasons[error.code ?? ''] ?? error.message}.`,
  }
}

/** Why TLS with `where` failed. */
export function tlsFailure(error: NodeJS.ErrnoException, where: string): Failed {
  return { failure: 'tls', why: `TLS with ${where} failed: ${tlsReasons[error.code ?? ''] ?? described(error)}.` }
}

/** Why an open connection brought no usable answer. */
export function exchangeFailure(error: NodeJS.ErrnoException, where: string, headersCame: boolean): Failed {
  const code = error.code ?? ''
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return { failure: 'protocol', why: `The headers of the answer of ${where} are too long.` }
  }
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return tlsFailure(error, where)
  if (!isNotHttp(error, headersCame)) {
    return { failure: 'reset', why: `${where} closed the connection before its answer was complete.` }
  }
  return { failure: 'protocol', why: `What ${where} answered is not proper HTTP (${described(error)}).` }
}

/** What says something about this process, and nothing about the other side. */
const ourOwnLack = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])

const connectReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ECONNRESET: 'it closed the connection at once (ECONNRESET)',
  EHOSTUNREACH: 'there is no way to its address (EHOSTUNREACH)',
  ENETUNREACH: 'there is no way to its network (ENETUNREACH)',
  ETIMEDOUT: 'it does not answer (ETIMEDOUT)',
}

const tlsReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate cannot be traced to a trusted authority; an intermediate certificate may be missing',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ECONNRESET: 'it closed the connection during the handshake',
}

/**
 * undici's own refusals, and answers that its parser cannot read, against a connection that just ended: there the parser reports an
 * unexpected end, or a length that was not reached.
 */
function isNotHttp(error: NodeJS.ErrnoException, headersCame: boolean): boolean {
  if (error.code === 'UND_ERR_SOCKET') return error.message === 'bad response' || error.message === 'bad upgrade'
  if (error.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return !headersCame
  return error.name === 'HTTPParserError' && !/EOF/.test(error.message)
}

function described(error: NodeJS.ErrnoException): string {
  const reason = /\(([^)]*)\)$/.exec(error.message)?.[1] ?? error.message
  return reason.replaceAll(/\s+/g, ' ').slice(0, 200)
}
