import { type Form, values } from '../form.ts'
import { RequestRefused } from '../refusal.ts'

/**
 * The one value of a parameter; undefined where it is absent or empty.
 *
 * @throws {RequestRefused} where it was given several times, or is no text that can be kept
 */
export function single(form: Form, ...names: readonly string[]): string | undefined {
  const [first, ...more] = names.flatMap((name) => values(form, name))
  const name = names[0] ?? ''
  if (more.length > 0) throw refused(name, `was given ${more.length + 1} times; give it once`)
  if (first !== undefined && (first.length > charactersMax || /[\0\uFFFD]/.test(first))) {
    throw refused(name, `must be UTF-8 without NUL characters, at most ${charactersMax} of them`)
  }
  return first
}

/** As much as a topic URL may have. */
const charactersMax = 2048

/** A whole number within bounds; `standard` where it is absent. */
export function whole(
  form: Form,
  name: string,
  { standard, min, max }: { readonly standard: number; readonly min: number; readonly max: number },
): number {
  const text = single(form, name)
  if (text === undefined) return standard
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (number >= min && number <= max) return number
  throw refused(name, `must be a whole number from ${min} to ${max}`)
}

export function isYes(form: Form, name: string): boolean {
  const text = single(form, name) ?? 'false'
  if (text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  throw refused(name, 'must be true or false')
}

/** 422 is what Superfeedr's users know for what cannot be done as asked. */
export function refused(parameter: string, what: string, status: 404 | 422 = 422): RequestRefused {
  return new RequestRefused(`${parameter} ${what}.`, { status, parameter })
}
