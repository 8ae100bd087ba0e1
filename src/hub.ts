import type { Kysely } from 'kysely'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { createDistribution } from './distribution/distribution.ts'
import type { Events } from './events.ts'
import { createSelector } from './fragments/selector.ts'
import { createApp, createMetricsApp } from './inbound/app.ts'
import type { Exposition } from './inbound/parts.ts'
import { type RunningServer, startServer } from './inbound/server.ts'
import { streamSockets } from './inbound/stream-socket.ts'
import { pruneDuty } from './prune.ts'
import { noteChange } from './publishing/change.ts'
import { fetchJob } from './publishing/fetch.ts'
import { takesHandedOver } from './publishing/handed-over.ts'
import { createStreams } from './streams/streams.ts'
import { denyJob } from './subscribing/deny.ts'
import { renewDuty } from './subscribing/renew.ts'
import type { Cipher } from './subscribing/secret.ts'
import type { ClaimedVerification } from './subscribing/store.ts'
import { requestSubscription } from './subscribing/subscribe.ts'
import { verifyJob } from './subscribing/verify.ts'
import { createWaiting } from './subscribing/waiting.ts'
import { createSuperfeedr } from './superfeedr/superfeedr.ts'
import { createBell } from './work/bell.ts'
import { type Duty, dutyOf, type Job, type JobDuty } from './work/job.ts'
import { connectBells, type Wire } from './work/ring.ts'
import { earliestDue, look, lookEveryMs, work } from './work/worker.ts'
import type { World } from './world.ts'

/** What a hub is made of. `main.ts` makes the real ones; tests make theirs. */
export interface HubParts {
  readonly config: Config
  /** Migrated. */
  readonly database: Database
  /** Carries rings to the other hubs of the database; null: this one is alone. */
  readonly wire: Wire | null
  readonly world: World
  readonly events: Events
  readonly cipher: Cipher
  /** Clients' connections that may be open at once; what comes beyond waits. */
  readonly connectionsMax: number
  /** What a scrape of `/metrics` gets. */
  readonly metrics: (readings: Readings) => Promise<Exposition>
}

/** What can be read off a running hub, for the metrics. */
export interface Readings {
  /** Each duty with the instant its oldest row fell due; null: none waits. */
  oldestDue(): Promise<readonly { readonly duty: string; readonly at: Date | null }[]>
  inFlight(): number
  stragglers(): number
  streamsOpen(): number
  breakersOpen(): number
  pool(): { readonly total: number; readonly idle: number; readonly waiting: number }
}

export interface Hub {
  readonly readings: Readings
  /** Listens on HOST and PORT, and begins to work. @returns where it listens */
  start(): Promise<{ readonly url: string; readonly metricsUrl: string | null }>
  /** Takes turns until nothing is due and nothing is open: what `start` does by itself, once, for tests. */
  drain(): Promise<void>
  /** Listens without working; for tests that drain. */
  listen(): Promise<string>
  /** Takes no more requests, lets deliveries end, and lets go of what has no answer by then. Twice is harmless. */
  stop(): Promise<void>
}

/** How long open deliveries are waited for when the hub stops; what is cut off then is sent again by whoever is next. */
const stopWaitMs = 5000
/** Work that waits longer than this means that nobody does it. */
const stuckMs = 60_000

/** The one place that knows every part. */
export function createHub(parts: HubParts): Hub {
  const { config, database, wire, world, events } = parts
  const { db, pool } = database
  const bell = createBell(world.now)
  const chapter = { ...parts, db, bell }
  const distribution = createDistribution(chapter)
  const streams = createStreams({ ...chapter, publications: distribution.publications })
  const onError = (duty: string, error: unknown) => events.dutyFailed({ duty, error })
  const selector = createSelector({ onError: (error) => onError('fragments', error), monotonicMs: world.monotonicMs })
  const waiting = createWaiting(config.SYNC_VERIFY_TIMEOUT)
  const verify = duty(verifyJob({ ...chapter, waiting }))
  const duties: readonly Duty[] = [
    verify,
    duty(denyJob(chapter)),
    duty(fetchJob({ ...chapter, selector, publications: distribution.publications })),
    ...distribution.duties,
    renewDuty(chapter),
    pruneDuty(chapter),
  ]
  const stopping = new AbortController()
  const turning: Promise<void>[] = []
  const servers: RunningServer[] = []
  let rings: { close(): Promise<void> } | null = null
  let looking: NodeJS.Timeout | undefined
  let stopped: Promise<void> | null = null

  function duty<Row, Outcome>(job: Job<Row, Outcome>): JobDuty<Row> {
    return dutyOf(job, { onRoom: (name) => bell.wake(name), onError })
  }

  const readings: Readings = {
    oldestDue: () => earliestDue(db as Kysely<unknown>, duties),
    inFlight: distribution.inFlight,
    stragglers: distribution.stragglers,
    streamsOpen: streams.count,
    breakersOpen: distribution.breakersOpen,
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
  }

  /** Postgres answers, and work is moving; a duty that nobody does for a minute is a problem of this hub's. */
  async function problems(): Promise<readonly string[]> {
    if (stopping.signal.aborted) return ['The hub is stopping.']
    const before = new Date(world.now().getTime() - stuckMs)
    return (await readings.oldestDue())
      .filter(({ duty: name, at }) => at !== null && at < before && name !== 'broadcast')
      .map(({ duty: name }) => `Work of '${name}' has been due for over a minute.`)
  }

  function lookRound(): void {
    look(db as Kysely<unknown>, duties, { now: world.now, bell }).catch((error: unknown) => onError('look', error))
  }

  async function listen(): Promise<string> {
    const verifying = {
      hasRoom: verify.hasRoom,
      start: (claimed: ClaimedVerification) => verify.start(claimed, stopping.signal),
    }
    const app = createApp({
      config,
      events,
      db,
      now: world.now,
      requestSubscription: (request) => requestSubscription({ ...chapter, waiting, verifying }, request),
      noteChange: (topics) => noteChange(chapter, topics),
      streams,
      superfeedr: createSuperfeedr({ ...chapter, ...distribution }),
      random: world.random,
      takeHandedOver: takesHandedOver(chapter),
      problems,
      metrics: () => parts.metrics(readings),
    })
    const server = await startServer(
      app,
      config,
      { connections: parts.connectionsMax },
      streamSockets({ ...parts, streams, random: world.random }),
    )
    servers.push(server)
    return server.url
  }

  async function listenForMetrics(): Promise<string | null> {
    if (config.METRICS_PORT === 0) return null
    const app = createMetricsApp({ events, metrics: () => parts.metrics(readings) })
    const server = await startServer(app, { HOST: config.HOST, PORT: config.METRICS_PORT })
    servers.push(server)
    return server.url
  }

  async function stop(): Promise<void> {
    waiting.close() // Else the servers would wait for those who wait.
    await streams.stop()
    await Promise.all(servers.map((server) => server.close()))
    stopping.abort()
    clearInterval(looking)
    await distribution.stop(stopWaitMs).catch((error: unknown) => onError('stop', error))
    bell.close()
    await selector.close()
    await Promise.all(turning)
    await Promise.all(duties.map((each) => each.settled()))
    await rings?.close()
  }

  return {
    readings,
    async start() {
      if (wire !== null) rings = await connectBells(bell, wire, (error) => events.databaseLost({ error }))
      const [url, metricsUrl] = await Promise.all([listen(), listenForMetrics()])
      for (const each of duties) turning.push(work(each, bell, stopping.signal, { onError }))
      looking = setInterval(lookRound, lookEveryMs)
      return { url, metricsUrl }
    },
    listen,
    async drain() {
      for (let worked = true; worked; ) {
        worked = false
        for (const each of duties) {
          while (await each.turn(stopping.signal)) worked = true
          await each.settled()
        }
      }
    },
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}
