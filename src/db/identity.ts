import { CannotStart } from './cannot-start.ts'
import type { Db } from './schema.ts'

/** What all hubs of one database must agree on. */
export interface Identity {
  /** Of SECRET_KEY: with another key, no subscriber's secret could be read. */
  readonly secretKeyFingerprint: string
  /** SHA-256 of ADMIN_TOKEN; null: this hub was given none and takes the database's. */
  readonly adminTokenSha256: Buffer | null
}

/**
 * Writes what this hub brings where the database has nothing yet, in one statement, and compares the rest.
 *
 * @returns the hash of the admin token all hubs use; null: there is none yet
 * @throws {CannotStart} where SECRET_KEY is not the one the secrets were sealed with
 */
export async function agreeOnIdentity(db: Db, identity: Identity): Promise<Buffer | null> {
  const agreed = await db
    .updateTable('hub')
    .set(({ fn, ref, val }) => ({
      secret_key_fingerprint: fn.coalesce(ref('secret_key_fingerprint'), val(identity.secretKeyFingerprint)),
      ...(identity.adminTokenSha256 === null ? {} : { admin_token_sha256: identity.adminTokenSha256 }),
    }))
    .returning(['secret_key_fingerprint', 'admin_token_sha256'])
    .executeTakeFirstOrThrow()
  if (agreed.secret_key_fingerprint !== identity.secretKeyFingerprint) {
    throw new CannotStart(
      'SECRET_KEY is not the one this database was used with: subscribers’ secrets could not be read. Give this hub the key that the others have.',
    )
  }
  return agreed.admin_token_sha256
}
