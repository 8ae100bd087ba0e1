import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Claim, NamedClaim } from './claim.ts'

/** The folders of `claims/`, in the order of the requirement matrix, and what they are called for people. */
export const sections: Readonly<Record<string, string>> = {
  discovery: 'Discovery aid',
  subscription: 'Subscription request',
  validation: 'Validation',
  verification: 'Verification of intent',
  denial: 'Denial',
  unsubscription: 'Unsubscription',
  lease: 'Lease',
  publishing: 'Publishing, thin ping',
  'fat-publishing': 'Publishing, fat ping',
  fetching: 'Content fetch',
  distribution: 'Content distribution',
  reduction: 'Atom and RSS reduction',
  signing: 'Signing',
  retry: 'Retry, 410 and termination',
  redirects: 'Redirects and migration',
  security: 'Security and robustness',
  fragments: 'Parts of pages as topics',
  drafts: 'PubSubHubbub 0.3 and 0.4',
  w3c: "The W3C's own tests",
}

/** Every claim there is, by section, then by name. */
export async function loadClaims(): Promise<readonly NamedClaim[]> {
  const folder = new URL('claims/', import.meta.url)
  const files = globSync('*/*.{ts,js}', { cwd: fileURLToPath(folder), exclude: ['**/*.d.ts'] })
  const claims = await Promise.all(
    files.map(async (file) => {
      const { claim } = (await import(new URL(file, folder).href)) as { readonly claim?: Claim }
      if (claim === undefined) throw new Error(`${file} exports no claim`)
      return { ...claim, name: file.replaceAll('\\', '/').replace(/\.[jt]s$/, '') }
    }),
  )
  return claims.sort((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1))
}

export function sectionOf({ name }: { readonly name: string }): string {
  return name.split('/')[0] ?? ''
}

function rank(claim: NamedClaim): number {
  return Object.keys(sections).indexOf(sectionOf(claim))
}
