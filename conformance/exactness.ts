/**
 * A request-target in the form that stands for all that RFC 3986 §6.2.2 calls equivalent: escapes of unreserved characters
 * decoded, as REC §5.1.1 tells hubs to do with topic and callback, other escapes in upper case, `.` segments and an empty query
 * left out. What `%2F`, `%20` and `+` stand for may differ from `/` and from each other, so these stay.
 */
export function normalized(target: string): string {
  const decoded = target.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return /[A-Za-z0-9._~-]/.test(character) ? character : escaped.toUpperCase()
  })
  const [path = '', ...query] = decoded.replace(/\?$/, '').split('?')
  return [path.replace(/(\/\.)+(?=\/|$)/g, ''), ...query].join('?')
}
