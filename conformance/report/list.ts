import type { NamedClaim } from '../claim.ts'
import type { UncheckedRow } from '../profiles.ts'
import { citation } from './report.ts'

/** One claim a line: its level, its section, its name, its title and its rows; then the rows that no claim can check. */
export function listClaims(claims: readonly NamedClaim[], unchecked: readonly UncheckedRow[]): string {
  const width = Math.max(0, ...claims.map(({ name }) => name.length))
  const lines = claims.map(
    ({ level, section, name, title, rows }) =>
      `${level.padEnd(9)} ${citation(section).padEnd(11)} ${name.padEnd(width)}  ${title} (${rows.join(', ')})\n`,
  )
  return [...lines, ...listUnchecked(unchecked)].join('')
}

function listUnchecked(unchecked: readonly UncheckedRow[]): readonly string[] {
  if (unchecked.length === 0) return []
  return ['\nCannot be checked from outside\n', ...unchecked.map(({ row, why }) => `${row.padEnd(9)} ${why}\n`)]
}
