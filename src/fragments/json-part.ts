import { afterSpace, elementsOf, membersOf, valueEnd } from '../feeds/json-places.ts'
import type { Place } from '../feeds/source.ts'
import type { Choice, JsonPath, Step } from './json-path.ts'

/**
 * Where the values that a path leads to stand in a JSON document, in the path's order.
 *
 * @param text known to be JSON
 */
export function jsonPlaces(text: string, { steps }: JsonPath): readonly Place[] {
  const start = afterSpace(text, 0)
  const root: Place = { start, end: valueEnd(text, start) }
  return steps.reduce<readonly Place[]>(
    (places, step) => {
      // More than there are values, for a list may name one twice: already more than the page, and each step would double it.
      if (places.length > text.length) return places
      return places.flatMap((place) => [...stepFrom(text, place, step)])
    },
    [root],
  )
}

function* stepFrom(text: string, place: Place, { descends, choices }: Step): Generator<Place, void> {
  for (const from of descends ? withDescendants(text, place) : [place]) {
    const children = [...childrenOf(text, from)]
    const isArray = text[from.start] === '['
    for (const choice of choices) yield* chosen(children, choice, isArray)
  }
}

/** It and all below, each before its children: one after the other, since a document may nest as deep as it likes. */
function* withDescendants(text: string, place: Place): Generator<Place, void> {
  const waiting = [place]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next
    waiting.push(...[...childrenOf(text, next)].reverse())
  }
}

/** A member of an object or, without a name, an element of an array. */
type Child = Place & { readonly name?: string }

function childrenOf(text: string, { start }: Place): Iterable<Child> {
  if (text[start] === '{') return membersOf(text, start)
  return text[start] === '[' ? elementsOf(text, start) : []
}

function chosen(children: readonly Child[], choice: Choice, isArray: boolean): readonly Child[] {
  switch (choice.kind) {
    case 'all':
      return children
    case 'name':
      return named(children, choice.name)
    case 'index':
      return isArray ? at(children, choice.index) : []
    case 'key':
      if (!isArray) return named(children, choice.key)
      return /^(?:0|[1-9]\d{0,14})$/.test(choice.key) ? at(children, Number(choice.key)) : []
    case 'slice':
      return isArray ? sliced(children, choice) : []
    default:
      return choice satisfies never
  }
}

/** Of members with one name the last counts, as for everybody who parses JSON into objects. */
function named(children: readonly Child[], name: string): readonly Child[] {
  return children.filter((child) => child.name === name).slice(-1)
}

function at(children: readonly Child[], index: number): readonly Child[] {
  const child = children.at(index)
  return child === undefined ? [] : [child]
}

/** RFC 9535 §2.3.4.2.2. */
function sliced(
  children: readonly Child[],
  { start, end, step }: Extract<Choice, { kind: 'slice' }>,
): readonly Child[] {
  const { length } = children
  const bounded = (index: number, least: number, most: number) =>
    Math.min(Math.max(index < 0 ? length + index : index, least), most)
  const found: (readonly Child[])[] = []
  if (step > 0) {
    const until = bounded(end ?? length, 0, length)
    for (let index = bounded(start ?? 0, 0, length); index < until; index += step) found.push(at(children, index))
  }
  if (step < 0) {
    const until = end === null ? -1 : bounded(end, -1, length - 1)
    const from = start === null ? length - 1 : bounded(start, -1, length - 1)
    for (let index = from; index > until; index += step) found.push(at(children, index))
  }
  return found.flat()
}
