import type { Context } from './context.ts'
import type { Arrival } from './peers.ts'

/** Media types as publishers write them. */
export const contentTypes = [
  'text/html; charset=UTF-8',
  'text/plain;charset=UTF-8',
  'application/json',
  'application/atom+xml;charset=utf-8',
  'text/plain; charset="x"',
  'Application/Vnd.Example.Odd; Version=1; charset=utf-8',
] as const

/** Publishes a topic with each of them, and has the delivery looked at that its subscriber gets. */
export async function deliveredWithEach(
  { topic, subscribed, publish }: Context,
  look: (delivery: Arrival, type: string) => void,
): Promise<void> {
  await Promise.all(
    contentTypes.map(async (type) => {
      const { topic: publisher, callback } = await subscribed({ topic: topic({ type }) })
      await publish(publisher, '{"entries": "none yet"}')
      look(await callback.delivery(), type)
    }),
  )
}

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
