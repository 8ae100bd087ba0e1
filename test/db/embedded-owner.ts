import { startEmbeddedPostgres } from '../../src/db/embedded.ts'

/** A process that owns an embedded PostgreSQL, for tests that kill it. Tells its URL, and stops when its input ends. */
const postgres = await startEmbeddedPostgres(process.argv[2] ?? '')
console.log(postgres.url)
process.stdin.resume().once('end', () => postgres.stop())
