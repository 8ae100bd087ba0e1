import type { NamedClaim } from '../claim.ts'
import { citation } from './report.ts'

/** One claim a line: its level, its section, its name and its title. */
export function listClaims(claims: readonly NamedClaim[]): string {
  const width = Math.max(...claims.map(({ name }) => name.length))
  return claims
    .map(
      ({ level, section, name, title }) =>
        `${level.padEnd(9)} ${citation(section).padEnd(11)} ${name.padEnd(width)}  ${title}\n`,
    )
    .join('')
}
