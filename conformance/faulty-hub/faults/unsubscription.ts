import type { Faults } from './fault.ts'

export const unsubscriptionFaults = {
  'wrong-mode-in-verification': {
    does: 'asks about subscribe when it was told to unsubscribe',
    fails: ['unsubscription/is-verified'],
  },
  'answers-unsubscriptions-with-200': {
    does: 'answers an unsubscription request with 200',
    fails: ['unsubscription/answers-202'],
  },
  'drops-callback-query-on-unsubscribe': {
    does: "drops the callback's own query when it asks about an unsubscription",
    fails: ['unsubscription/keeps-the-callbacks-query'],
  },
  'unsubscribe-changes-nothing': {
    does: 'keeps delivering after a confirmed unsubscription',
    fails: ['unsubscription/ends-deliveries'],
  },
  'unsubscribe-ends-all-of-the-topic': {
    does: 'ends every subscription of the topic when one is ended',
    fails: ['unsubscription/is-by-topic-and-callback'],
  },
  'unsubscribe-ends-all-of-the-callback': {
    does: 'ends every subscription of the callback when one is ended',
    fails: ['unsubscription/is-by-topic-and-callback'],
  },
  'unsubscribe-needs-a-lease': {
    does: 'refuses an unsubscription whose hub.lease_seconds is no lease',
    fails: ['unsubscription/ignores-the-lease'],
  },
  'unsubscribe-needs-the-secret': {
    does: 'refuses an unsubscription with another hub.secret',
    fails: ['unsubscription/ignores-the-secret'],
  },
  'unsubscribe-is-for-ever': {
    does: 'begins no subscription again that was ended',
    fails: ['unsubscription/can-be-taken-back'],
  },
  'failed-unsubscribe-ends-subscription': {
    does: 'ends a subscription though the unsubscription was not confirmed',
    fails: ['unsubscription/unconfirmed-ends-nothing'],
  },
  'unsubscribes-at-any-2xx': {
    does: 'takes any 2xx for a confirmed unsubscription, whatever the body',
    fails: ['unsubscription/only-the-challenge-confirms'],
  },
  'unsubscribes-at-a-redirect': {
    does: 'takes a redirect for a confirmed unsubscription',
    fails: ['unsubscription/only-the-challenge-confirms'],
  },
  'pauses-for-unsubscribe': {
    does: 'delivers nothing while it waits for an unsubscription to be confirmed',
    fails: ['unsubscription/begins-with-the-confirmation'],
  },
  'subscribe-overtakes-unsubscribe': {
    does: 'asks about a subscription after its unsubscription, which came later',
    fails: ['unsubscription/the-later-request-wins'],
  },
  'breaks-on-unknown-unsubscribe': {
    does: 'answers 500 where there is nothing to unsubscribe from',
    fails: ['unsubscription/unknown-is-no-error'],
  },
} as const satisfies Faults
