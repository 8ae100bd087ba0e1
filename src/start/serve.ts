import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config } from '../config.ts'
import { CannotStart } from '../db/cannot-start.ts'
import { lapseClaims } from '../db/claims.ts'
import { startDatabaseClock } from '../db/clock.ts'
import { openDatabase } from '../db/database.ts'
import { agreeOnIdentity } from '../db/identity.ts'
import type { Db } from '../db/schema.ts'
import { createWire } from '../db/wire.ts'
import { createHub } from '../hub.ts'
import { createSender, type SenderSettings } from '../outbound/send.ts'
import { socketBudget } from '../outbound/sockets.ts'
import { type Cipher, createCipher } from '../subscribing/secret.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { hashOfToken, makeAdminToken } from './admin-token.ts'
import { gaugesOf } from './gauges.ts'
import type { Started } from './greeting.ts'
import { startPostgres } from './postgres.ts'
import { ownSecretKey } from './secret-key.ts'

/** A hub at work, with all it stands on. */
export interface Serving {
  readonly started: Started
  /** Drains and stops everything, the embedded Postgres last. Twice is harmless. */
  stop(): Promise<void>
  /** For whoever will not wait: leaves Postgres as a power failure would. */
  stopHard(): void
}

/**
 * Postgres, schema, world, hub, in this order; what was started is stopped again where a later step fails.
 *
 * @throws {CannotStart} with a sentence for a person
 */
export async function serve(config: Config, { events, metrics }: Telemetry): Promise<Serving> {
  await using starting = new AsyncDisposableStack()
  const postgres = await startPostgres(config, events.postgresRestarted)
  starting.defer(postgres.stop)
  const database = await openDatabase(postgres.url, {
    connectionsMax: config.DATABASE_POOL_SIZE,
    onLost: (error) => events.databaseLost({ error }),
  })
  starting.defer(database.close)
  const cipher = createCipher(config.SECRET_KEY ?? ownSecretKey(config.DATA_DIR))
  const adminToken = await introduce(database.db, config, cipher)
  const clock = await startDatabaseClock(database, {
    monotonicMs,
    onError: (error) => events.databaseLost({ error }),
  })
  starting.defer(clock.close)
  // The lock on DATA_DIR says that no other hub has this Postgres.
  if (postgres.embedded !== null) await lapseClaims(database.db, clock.now())
  const { outboundMax, inboundMax } = socketBudget({ streamsMax: config.STREAMS_MAX })
  const sender = createSender({
    ...senderSettings(config),
    socketsMax: outboundMax,
    onError: (error) => events.dutyFailed({ duty: 'send', error }),
  })
  starting.defer(sender.close)
  const hub = createHub({
    config,
    database,
    wire: createWire(postgres.url, database.db),
    world: { now: clock.now, monotonicMs, challenge, random: Math.random, send: sender.send },
    events,
    cipher,
    connectionsMax: inboundMax,
    metrics: (readings) => metrics(gaugesOf({ db: database.db, now: clock.now, readings, sender: sender.stats })),
  })
  starting.defer(hub.stop)
  const { url: listensOn } = await hub.start().catch(cannotListen(config))
  const running = starting.move()
  let stopped: Promise<void> | undefined
  return {
    started: { hubUrl: config.HUB_URL, listensOn, postgres: postgres.embedded, adminToken },
    stop() {
      stopped ??= running.disposeAsync()
      return stopped
    },
    stopHard() {
      postgres.embedded?.stopHard()
    },
  }
}

const monotonicMs = () => performance.now()

/** 32 bytes: 43 characters (VER-06). */
const challenge = () => randomBytes(32).toString('base64url')

/** Compares what all hubs of the database must agree on. @returns an admin token made now, to be told once */
async function introduce(db: Db, { ADMIN_TOKEN }: Config, cipher: Cipher): Promise<string | null> {
  const known = await agreeOnIdentity(db, {
    secretKeyFingerprint: cipher.fingerprint,
    adminTokenSha256: ADMIN_TOKEN === undefined ? null : hashOfToken(ADMIN_TOKEN),
  })
  return known === null ? makeAdminToken(db) : null
}

function senderSettings(config: Config): Omit<SenderSettings, 'socketsMax' | 'onError'> {
  return {
    outboundAllow: config.OUTBOUND_ALLOW,
    outboundDeny: config.OUTBOUND_DENY,
    topicAllow: config.TOPIC_ALLOW,
    callbackAllow: config.CALLBACK_ALLOW,
    loopbackAllowed: config.loopbackAllowed,
    userAgent: `Fanfare (+${config.HUB_URL})`,
    ...(config.EXTRA_CERTIFICATES !== undefined && {
      extraCertificates: readFileSync(config.EXTRA_CERTIFICATES, 'utf8'),
    }),
    ...(config.OUTBOUND_PROXY !== undefined && { proxyUrl: config.OUTBOUND_PROXY }),
  }
}

function cannotListen({ HOST, PORT }: Config): (cause: unknown) => never {
  return (cause) => {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'EADDRINUSE') {
      throw new CannotStart(`Something else listens on ${HOST}:${PORT}: stop it, or set PORT (or METRICS_PORT).`, {
        cause,
      })
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new CannotStart(`This process may not listen on ${HOST}:${PORT} (${code}): set HOST and PORT.`, { cause })
    }
    throw cause
  }
}
