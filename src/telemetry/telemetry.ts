import { type DestinationStream, pino } from 'pino'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Config } from '../config.ts'
import type { Events } from '../events.ts'
import { createCounters } from './counters.ts'
import { type Gauges, registerGauges } from './gauges.ts'
import { tellingEvents } from './telling.ts'

/** What the hub tells of itself: lines for a log, numbers for Prometheus. */
export interface Telemetry {
  readonly events: Events
  /** A scrape: reads the gauges, then tells everything in Prometheus' text format. Postgres away does not fail it. */
  metrics(gauges: Gauges): Promise<{ readonly contentType: string; readonly text: string }>
}

/**
 * @param destination where lines of JSON go, one an event; standard output if left out
 */
export function createTelemetry({ LOG_LEVEL }: Pick<Config, 'LOG_LEVEL'>, destination?: DestinationStream): Telemetry {
  const registry = new Registry()
  const readGauges = registerGauges(registry) // First: the oldest due age is what an operator looks for.
  const counters = createCounters(registry)
  collectDefaultMetrics({ register: registry })
  const options = {
    level: LOG_LEVEL,
    base: { pid: process.pid }, // Several hubs may write to one log.
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const log = destination === undefined ? pino(options) : pino(options, destination)
  return {
    events: tellingEvents(log, counters),
    async metrics(gauges) {
      await readGauges(gauges)
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
