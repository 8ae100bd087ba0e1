import type { Level, NamedClaim } from './claim.ts'
import { unchecked } from './unchecked.ts'

/** Which claims a run is about, by their level. */
export const profiles = {
  rec: { levels: ['MUST', 'MUST*', 'SHOULD', 'MAY'], tells: 'what the W3C Recommendation asks of a hub' },
  compat: { levels: ['compat'], tells: 'what subscribers and publishers in the field need or send' },
  hardening: { levels: ['hardening'], tells: 'what makes a public hub safe and reliable' },
  all: {
    levels: ['MUST', 'MUST*', 'SHOULD', 'MAY', 'compat', 'hardening', 'extension'],
    tells: 'all of these, and extensions',
  },
  w3c: { levels: ['w3c'], tells: "the seven hub tests of the W3C's test application, as it really runs them" },
} as const satisfies Readonly<Record<string, { readonly levels: readonly Level[]; readonly tells: string }>>

export type Profile = keyof typeof profiles

export function isProfile(name: string): name is Profile {
  return Object.hasOwn(profiles, name)
}

/**
 * The claims of a profile; of these, where `only` is given, those it names: a section of the Recommendation (`5.3`, its
 * subsections too), a row (`VER-06`), a claim (`verification/keeps-the-query`) or a folder of claims (`verification`).
 */
export function chooseClaims(
  claims: readonly NamedClaim[],
  { profile, only }: { readonly profile: Profile; readonly only: readonly string[] },
): readonly NamedClaim[] {
  const levels: readonly Level[] = profiles[profile].levels
  return claims.filter(
    (claim) => levels.includes(claim.level) && (only.length === 0 || only.some((wanted) => isNamed(claim, wanted))),
  )
}

/** A row that no claim can check, and why. */
export interface UncheckedRow {
  readonly row: string
  readonly why: string
}

/** The rows without a claim that `only` names; all of them where it is empty. */
export function uncheckedRows(only: readonly string[]): readonly UncheckedRow[] {
  const named = new Set(only.map((wanted) => wanted.toUpperCase()))
  return Object.entries(unchecked)
    .filter(([row]) => only.length === 0 || named.has(row))
    .map(([row, why]) => ({ row, why }))
}

/** What of `only` names neither a claim of the profile nor a row that cannot be checked. */
export function namingNothing(
  claims: readonly NamedClaim[],
  { profile, only }: { readonly profile: Profile; readonly only: readonly string[] },
): readonly string[] {
  return only.filter(
    (wanted) => chooseClaims(claims, { profile, only: [wanted] }).length === 0 && uncheckedRows([wanted]).length === 0,
  )
}

function isNamed({ name, rows, section }: NamedClaim, wanted: string): boolean {
  const number = wanted.replace(/^§\s*/, '')
  return (
    name === wanted ||
    name.startsWith(`${wanted.replace(/\/$/, '')}/`) ||
    rows.includes(wanted.toUpperCase()) ||
    section.split(', ').some((each) => each === number || each.startsWith(`${number}.`))
  )
}

/** Whether a failure counts for the exit status whatever the profile. */
export function isMust({ level }: { readonly level: Level }): boolean {
  return level === 'MUST' || level === 'MUST*' || level === 'w3c'
}

/** And where the run is strict: all that the profile asks, but not what it only presupposes. */
export function isAsked({ level }: { readonly level: Level }, profile: Profile): boolean {
  const levels: readonly Level[] = profiles[profile].levels
  return levels.includes(level)
}
