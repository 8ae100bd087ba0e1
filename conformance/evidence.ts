import { type Exchange, printExchange } from './wire.ts'

/**
 * What shows a failure: the exchanges that the claim names, or all of its own if it names none. With a delivery goes the fetch whose
 * content it is, since nearly all that is expected of a delivery is what the topic served.
 */
export function evidence(named: readonly Exchange[], all: readonly Exchange[]): readonly Exchange[] {
  if (named.length === 0) return [...all]
  const shown = new Set([...named, ...named.flatMap((exchange) => fetchFor(exchange, all) ?? [])])
  return [...shown].toSorted((one, other) => one.atMs - other.atMs)
}

function fetchFor(delivery: Exchange, all: readonly Exchange[]): Exchange | undefined {
  if (delivery.what !== 'delivery') return undefined
  const before = all.slice(0, all.indexOf(delivery)).filter(({ what }) => what === 'fetch')
  const isAlone = new Set(before.map(({ request }) => request.start)).size === 1
  return before.findLast((fetch) => isContentOf(fetch, delivery)) ?? (isAlone ? before.at(-1) : undefined)
}

function isContentOf({ answer }: Exchange, { request }: Exchange): boolean {
  return answer !== null && typeof answer !== 'string' && answer.body.equals(request.body)
}

const [firstShown, lastShown] = [3, 2]

/** The exchanges as they were on the wire; of many alike the first few and the last, and how many there were between. */
export function printEvidence(wire: readonly Exchange[]): readonly string[] {
  const kinds = Map.groupBy(wire, kindOf)
  return wire.flatMap((exchange) => {
    const alike = kinds.get(kindOf(exchange)) ?? []
    const [at, left] = [alike.indexOf(exchange), alike.length - firstShown - lastShown]
    if (left < 2 || at < firstShown || at >= alike.length - lastShown) return [printExchange(exchange)]
    return at === firstShown ? [`… and ${left} more of kind ${exchange.what}, answered like these`] : []
  })
}

function kindOf({ what, by, answer }: Exchange): string {
  return `${by} ${what} ${answer === null || typeof answer === 'string' ? answer : answer.start}`
}
