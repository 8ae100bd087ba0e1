import type { Faults } from './fault.ts'

export const securityFaults = {
  'reflects-what-it-was-sent': {
    does: 'repeats what it was sent in an answer whose type a browser may guess',
    fails: ['security/errors-cannot-be-taken-for-pages'],
  },
  'tells-who-is-subscribed': {
    does: 'answers 404 where there is nothing to unsubscribe from',
    fails: ['security/tells-nobody-who-is-subscribed'],
  },
  'shows-its-subscriptions': {
    does: 'lists its subscriptions for everybody',
    fails: ['security/keeps-its-insides-to-itself'],
  },
  'hands-on-line-breaks': {
    does: 'takes line breaks in a callback, and writes them',
    fails: ['security/refuses-line-breaks-in-urls'],
  },
  'reads-requests-in-any-way': {
    does: 'takes a request with both Content-Length and Transfer-Encoding',
    fails: ['security/reads-requests-one-way'],
  },
  'calls-private-addresses': {
    does: 'calls private addresses though it is set not to',
    fails: ['security/calls-no-private-address'],
  },
  'knows-one-spelling-of-loopback': {
    does: 'knows 127.0.0.1 by no other spelling',
    fails: ['security/calls-no-private-address'],
  },
  'shows-subscribers-to-each-other': {
    does: 'tells each subscriber of the others',
    fails: ['security/shows-callbacks-to-nobody'],
  },
  'quotes-the-topic-in-a-denial': {
    does: 'quotes what the topic serves in a denial',
    fails: ['security/denials-quote-no-content'],
  },
  'drops-content-it-cannot-read': {
    does: 'does not deliver a feed that is not whole',
    fails: ['security/broken-content-stops-nothing'],
  },
  'trusts-any-certificate': {
    does: 'takes any certificate for good',
    fails: ['security/checks-certificates'],
  },
  'reads-one-request-at-a-time': {
    does: 'reads a request when the one before it has come whole',
    fails: ['security/slow-clients-delay-no-others'],
  },
} as const satisfies Faults
