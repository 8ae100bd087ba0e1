/** Media types as publishers write them. */
export const contentTypes = [
  'text/html; charset=UTF-8',
  'text/plain;charset=UTF-8',
  'application/json',
  'application/atom+xml;charset=utf-8',
  'text/plain; charset="x"',
  'Application/Vnd.Example.Odd; Version=1; charset=utf-8',
] as const

/** What a Content-Type means, however it is written: case, spacing and quotes are the writer's choice (RFC 9110 §8.3.1). */
export function meaningOf(contentType: string): string {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim())
  const meanings = parameters
    .filter((parameter) => parameter !== '')
    .map((parameter) => {
      const [name = '', value = ''] = parameter.split('=', 2)
      const plain = value.replace(/^"(.*)"$/, '$1')
      return `${name.toLowerCase()}=${name.toLowerCase() === 'charset' ? plain.toLowerCase() : plain}`
    })
  return [type.toLowerCase(), ...meanings.sort()].join(';')
}
