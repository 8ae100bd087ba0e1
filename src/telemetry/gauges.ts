import { Gauge, type Registry } from 'prom-client'

/** Where the gauges are read, at each scrape. */
export interface Gauges {
  /** From Postgres, for all hubs of the database; what it throws is told as Postgres being away. */
  stored(): Promise<StoredGauges>
  /** From this process. */
  live(): LiveGauges
}

export interface StoredGauges {
  /** For each duty how long its oldest row has been due, in seconds; 0: none is. */
  readonly oldestDueSeconds: Readonly<Record<string, number>>
  readonly backlogRows: number
  readonly broadcastsOpen: number
  readonly breakersOpen: number
  /** By table. */
  readonly parkedRows: Readonly<Record<string, number>>
}

export interface LiveGauges {
  readonly inFlight: number
  readonly stragglers: number
  readonly streamsOpen: number
  readonly socketsOpen: number
  /** Connections to Postgres; `waiting` counts those who want one. */
  readonly pool: { readonly total: number; readonly idle: number; readonly waiting: number }
}

/** Registers the gauges, the oldest due age first of all, and returns what reads them before a scrape. */
export function registerGauges(registry: Registry): (gauges: Gauges) => Promise<void> {
  const tellStored = storedGauges(registry)
  const tellLive = liveGauges(registry)
  return async ({ stored, live }) => {
    tellLive(live())
    tellStored(await within(storedMsMax, stored()).catch(() => null))
  }
}

function storedGauges(registry: Registry): (read: StoredGauges | null) => void {
  const oldestDue = gauge(registry, 'oldest_due_seconds', 'How long the oldest row of a duty has been due', ['duty'])
  const postgresUp = gauge(registry, 'postgres_up', 'Whether Postgres answered this scrape')
  const backlog = gauge(registry, 'backlog_rows', 'Subscriptions that are behind')
  const broadcasts = gauge(registry, 'broadcasts_open', 'Topics on their way to their subscribers')
  const parked = gauge(registry, 'parked_rows', 'Rows set aside because they cannot be processed', ['table'])
  const breakers = gauge(registry, 'breakers_open', 'Origins that are not tried now')

  return (read) => {
    // What cannot be read is told as nothing: an old value would look like a healthy hub, and so would 0.
    for (const labelled of [oldestDue, parked]) labelled.reset()
    for (const plain of [backlog, broadcasts, breakers]) plain.remove()
    postgresUp.set(read === null ? 0 : 1)
    if (read === null) return
    for (const [duty, seconds] of Object.entries(read.oldestDueSeconds)) oldestDue.set({ duty }, seconds)
    for (const [table, rows] of Object.entries(read.parkedRows)) parked.set({ table }, rows)
    backlog.set(read.backlogRows)
    broadcasts.set(read.broadcastsOpen)
    breakers.set(read.breakersOpen)
  }
}

function liveGauges(registry: Registry): (read: LiveGauges) => void {
  const inFlight = gauge(registry, 'deliveries_in_flight', 'Young deliveries of this process that are open')
  const stragglers = gauge(registry, 'stragglers', 'Deliveries of this process that gave their slot back')
  const streams = gauge(registry, 'streams_open', 'Streams and long polls that read from this process')
  const sockets = gauge(registry, 'outbound_sockets_open', 'Sockets this process has opened to others')
  const pool = gauge(registry, 'postgres_connections', 'Connections of this process to Postgres; waiting: for one', [
    'state',
  ])

  return (read) => {
    inFlight.set(read.inFlight)
    stragglers.set(read.stragglers)
    streams.set(read.streamsOpen)
    sockets.set(read.socketsOpen)
    for (const [state, count] of Object.entries(read.pool)) pool.set({ state }, count)
  }
}

function gauge<Label extends string>(registry: Registry, name: string, help: string, labelNames: Label[] = []) {
  return new Gauge<Label>({ name: `fanfare_${name}`, help, labelNames, registers: [registry] })
}

/** Prometheus gives up after 10 s by default; the rest of the scrape shall arrive before. */
const storedMsMax = 5000

async function within<Value>(ms: number, value: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  return Promise.race([value, late]).finally(() => clearTimeout(timer))
}
