import type { Logger } from 'pino'
import type { AttemptTold, Events } from '../events.ts'
import type { Counters } from './counters.ts'
import { errorFields, printable, printableUrl } from './safe.ts'

/**
 * Each event as a line and a number. A failure has a line each, a success only where it stands for a batch; `debug` tells
 * the rest. The `event` of a line is stable: programs may look for it.
 */
export function tellingEvents(log: Logger, counters: Counters): Events {
  return {
    ...hubEvents(log),
    ...requestEvents(log, counters),
    ...subscribingEvents(log, counters),
    ...publishingEvents(log, counters),
    ...attemptEvents(log, counters),
    ...distributionEvents(log, counters),
    ...troubleEvents(log, counters),
  }
}

function hubEvents(log: Logger) {
  return {
    hubStarted: (hub) => log.info({ event: 'hub.started', ...hub }),
    hubStopping: (why) => log.info({ event: 'hub.stopping', ...why }),
    hubStopped: () => log.info({ event: 'hub.stopped' }),
  } satisfies Partial<Events>
}

function requestEvents(log: Logger, { requests, requestSeconds, errors }: Counters) {
  return {
    requestAnswered({ route, status, ms }) {
      requests.inc({ route, status })
      requestSeconds.observe({ route }, ms / 1000)
    },
    requestRefused({ sentence, ...refused }) {
      const line = { event: 'request.refused', ...refused, sentence: printable(sentence) }
      if (refused.status === 429)
        log.debug(line) // Else a flood would fill the log as well.
      else log.info(line)
    },
    requestFailed({ error, path }) {
      errors.inc({ where: 'request' })
      log.error({ event: 'request.failed', path: printable(path), error: errorFields(error) })
    },
  } satisfies Partial<Events>
}

function subscribingEvents(log: Logger, { subscriptionRequests, verifications, denials }: Counters) {
  return {
    subscriptionRequested(requested) {
      subscriptionRequests.inc({ mode: requested.mode })
      log.debug({ event: 'subscription.requested', ...requested, topic: printableUrl(requested.topic) })
    },
    verified(verified) {
      verifications.inc({ mode: verified.mode, result: 'confirmed' })
      log.debug({ event: 'verification.confirmed', ...verified, topic: printableUrl(verified.topic) })
    },
    verificationFailed({ topic, why, ...failed }) {
      verifications.inc({ mode: failed.mode, result: failed.final ? 'failed' : 'retried' })
      log.info({ event: 'verification.failed', ...failed, topic: printableUrl(topic), why: printable(why) })
    },
    denied({ topic, reason, ...denied }) {
      denials.inc({ told: String(denied.told) })
      log.info({ event: 'subscription.denied', ...denied, topic: printableUrl(topic), reason: printable(reason) })
    },
  } satisfies Partial<Events>
}

function publishingEvents(log: Logger, { changes, fetches, handedOver }: Counters) {
  return {
    handedOver(told) {
      handedOver.inc({ result: told.result })
      log.info({ event: 'content.handed-over', ...told, topic: printableUrl(told.topic) })
    },
    changeNoted(noted) {
      changes.inc({ known: 'true' }, noted.known)
      changes.inc({ known: 'false' }, noted.topics - noted.known)
      log.debug({ event: 'topic.change-noted', ...noted })
    },
    fetched({ topic, why, timing, ...fetched }) {
      fetches.inc({ result: fetched.result })
      const line = { event: 'topic.fetched', ...fetched, topic: printableUrl(topic), ...timing }
      if (fetched.result === 'failed') log.info({ ...line, why: printable(why ?? '') })
      else if (fetched.result === 'new') log.info(line)
      else log.debug(line)
    },
    fragmentRead({ topic, why, ...read }) {
      const line = { event: 'topic.fragment-read', ...read, topic: printableUrl(topic) }
      if (read.result === 'new') log.info(line)
      else log.debug(why === undefined ? line : { ...line, why: printable(why) })
    },
    severalSelves: (several) =>
      log.info({ event: 'topic.several-selves', ...several, topic: printableUrl(several.topic) }),
  } satisfies Partial<Events>
}

function attemptEvents(log: Logger, { deliveries, deliverySeconds, gaveUp, ended }: Counters) {
  return {
    attempted({ outcome, lane, timing }) {
      deliveries.inc({ outcome, lane })
      deliverySeconds.observe({ lane }, timing.totalMs / 1000)
    },
    attemptFailed: ({ why, ...failed }) => log.info({ event: 'attempt.failed', ...failed, why: printable(why) }),
    caughtUp: ({ timing, ...told }) => log.debug({ event: 'attempt.caught-up', ...told, ...timing }),
    gaveUp(told) {
      gaveUp.inc({ why: told.why }, told.through - told.number + 1)
      log.warn({ event: 'notification.given-up', ...told })
    },
    gone(told: AttemptTold) {
      ended.inc()
      log.info({ event: 'subscription.gone', ...told })
    },
  } satisfies Partial<Events>
}

function distributionEvents(log: Logger, { breakers, pruned }: Counters) {
  return {
    batchDelivered: (batch) => log.info({ event: 'batch.delivered', ...batch }),
    feedReduced: (reduced) => log.info({ event: 'feed.reduced', ...reduced }),
    breakerOpened(breaker) {
      breakers.inc()
      log.warn({ event: 'breaker.opened', ...breaker, why: printable(breaker.why) })
    },
    breakerClosed: (breaker) => log.info({ event: 'breaker.closed', ...breaker }),
    pruned({ table, rows }) {
      pruned.inc({ table }, rows)
      log.debug({ event: 'rows.pruned', table, rows })
    },
  } satisfies Partial<Events>
}

function troubleEvents(log: Logger, { parked, errors }: Counters) {
  return {
    parked({ table, id, error }) {
      parked.inc({ table })
      log.error({ event: 'row.parked', table, id, error: errorFields(error) })
    },
    dutyFailed({ duty, error }) {
      errors.inc({ where: duty })
      log.error({ event: 'duty.failed', duty, error: errorFields(error) })
    },
    databaseLost({ error }) {
      errors.inc({ where: 'database' })
      log.warn({ event: 'database.lost', error: errorFields(error) })
    },
    postgresRestarted({ why }) {
      errors.inc({ where: 'postgres' })
      log.warn({ event: 'postgres.restarted', why: printable(why) })
    },
  } satisfies Partial<Events>
}
