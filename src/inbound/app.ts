import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { Events } from '../events.ts'
import { RequestRefused } from '../refusal.ts'
import { answerTo, plainText } from './answers.ts'
import { hasBody, refuseTransferCodings } from './body.ts'
import { arrivalOf, type ClientAddress, clientAddressBehind } from './client-address.ts'
import { uploadBytesMax } from './content.ts'
import { readiness } from './health.ts'
import { hubPaths, streamPaths } from './hub-paths.ts'
import { takeQuery, takeRequest } from './hub-url.ts'
import { inTime } from './in-time.ts'
import { exposition, requireAdministrator } from './metrics.ts'
import { refuseSeveralHosts, refuseStrangers } from './own-hosts.ts'
import type { InboundParts } from './parts.ts'
import { createRoom } from './room.ts'
import { streamTopic } from './stream.ts'
import { originHeaders } from './stream-origins.ts'
import { welcome } from './welcome.ts'

export type App = Hono<{ Bindings: HttpBindings }>

/** How long Postgres may take, in milliseconds; tests shorten them. */
export interface Patience {
  /** To commit a request. Most clients wait for 5 to 30 s, and one that gave up cannot be told anything. */
  readonly commitMs: number
  /** To say whether the hub is ready: whoever asks (a load balancer, an orchestrator) commonly waits no longer. */
  readonly lookMs: number
}

/** Everything the hub answers on PORT. */
export function createApp(parts: InboundParts, { commitMs = 10_000, lookMs = 2000 }: Partial<Patience> = {}): App {
  const { config, db } = parts
  const clientAddress = clientAddressBehind(config.TRUSTED_PROXIES)
  const isHubPath = hubPaths(config)
  const isStreamPath = streamPaths(config)
  const app = observed(parts.events, clientAddress, (path) =>
    isHubPath(path) ? 'hub' : isStreamPath(path) ? 'stream' : routeOf(path),
  )
  const room = createRoom(uploadBytesMax(config))

  app.use('*', async ({ env }, next) => {
    refuseSeveralHosts(env.incoming)
    refuseTransferCodings(env.incoming)
    refuseStrangers(env.incoming, config)
    await next()
  })
  app.use('*', async (c, next) => {
    await next()
    if (!isStreamPath(c.req.path)) return
    // Also where it is refused: a page that may read streams may read why.
    for (const [name, value] of Object.entries(originHeaders(c.env.incoming, config))) c.res.headers.set(name, value)
  })
  app.all('/health/live', (c) => reading(c, () => plainText('alive', 200)))
  app.all('/health/ready', (c) => reading(c, () => readiness(parts.problems, lookMs)))
  app.all('/metrics', (c) =>
    reading(c, async () => {
      await inTime(lookMs, requireAdministrator(c.req.header('authorization'), { db, config }))
      return exposition(await parts.metrics())
    }),
  )
  app.all('*', async (c, next) => {
    if (!isStreamPath(c.req.path)) return next()
    const asking = { client: clientAddress(arrivalOf(c.env.incoming)), patienceMs: commitMs }
    return streamTopic(c.env, parts, asking)
  })
  app.all('*', (c) => {
    if (!isHubPath(c.req.path)) throw new RequestRefused('There is nothing here.', { status: 404 })
    if (c.req.method === 'POST') return takeRequest(c.env, parts, { clientAddress, commitMs, room })
    return reading(
      c,
      async () => (await takeQuery(c.env, parts, { clientAddress, commitMs })) ?? welcome(config),
      'GET, HEAD, POST',
    )
  })
  return app
}

/** What METRICS_PORT answers: a port of its own that the operator keeps to itself, so it asks for no token. */
export function createMetricsApp(parts: Pick<InboundParts, 'events' | 'metrics'>): App {
  const app = observed(parts.events, clientAddressBehind([]), routeOf)
  app.all('/metrics', (c) => reading(c, async () => exposition(await parts.metrics())))
  app.notFound(() => plainText('There is nothing here; the metrics are at /metrics.', 404))
  return app
}

/** An app whose every answer is counted, and whose every error becomes an answer: the one place for both. */
function observed(events: Events, clientAddress: ClientAddress, route: (path: string) => string): App {
  const app: App = new Hono()
  app.onError((error, { req, env }) =>
    answerTo(error, { path: req.path, client: clientAddress(arrivalOf(env.incoming)), events }),
  )
  app.use('*', async (c, next) => {
    const beganMs = performance.now()
    await next()
    c.res.headers.set('X-Content-Type-Options', 'nosniff')
    // What is left of a body is not worth reading, and what comes next must not be taken for it.
    if (hasBody(c.env.incoming) && !c.env.incoming.complete) c.res.headers.set('Connection', 'close')
    events.requestAnswered({ route: route(c.req.path), status: c.res.status, ms: performance.now() - beganMs })
  })
  return app
}

function routeOf(path: string): string {
  return /^\/(health|metrics)(?:\/|$)/.exec(path)?.[1] ?? 'none'
}

/** What only reads; a POST there would be somebody's mistake. */
function reading(
  { req }: Context,
  answer: () => Response | Promise<Response>,
  allow = 'GET, HEAD',
): Response | Promise<Response> {
  if (req.method === 'GET' || req.method === 'HEAD') return answer()
  return plainText(`Use ${allow.replace(/, (?=\w+$)/, ' or ')}.`, 405, { Allow: allow })
}
