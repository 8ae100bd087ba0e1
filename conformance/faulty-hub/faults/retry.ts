import type { Faults } from './fault.ts'

export const retryFaults = {
  'never-retries': { does: 'never tries a failed delivery again', fails: ['retry/tries-again'] },
  'treats-302-as-delivered': { does: 'takes a 302 for delivered', fails: ['retry/only-2xx-is-success'] },
  'follows-redirects-on-delivery': { does: 'follows a redirect on delivery', fails: ['retry/follows-no-redirect'] },
  'delivery-only-200': { does: 'takes no 2xx but 200 for delivered', fails: ['retry/any-2xx-is-success'] },
  'deletes-after-failures': {
    does: 'ends a subscription when a notification was given up',
    fails: ['retry/keeps-the-subscription'],
  },
  'ends-subscription-on-404': { does: 'ends a subscription on 404', fails: ['retry/only-410-ends-a-subscription'] },
  'retries-once': { does: 'tries a failed delivery a second time and then no more', fails: ['retry/tries-again'] },
  'retries-without-body': { does: 'sends no body when it tries again', fails: ['retry/tries-again'] },
  'retries-without-links': { does: 'sends no links when it tries again', fails: ['retry/repeats-the-headers'] },
  'retries-with-another-type': {
    does: 'calls what it tries again application/octet-stream',
    fails: ['retry/repeats-the-headers'],
  },
  'retries-without-the-callbacks-query': {
    does: 'leaves out the query of a callback when it tries again',
    fails: ['retry/repeats-the-headers'],
  },
  'treats-4xx-as-delivered': { does: 'takes a 4xx for delivered', fails: ['retry/only-2xx-is-success'] },
  'treats-no-answer-as-delivered': {
    does: 'takes a delivery for delivered that was not answered',
    fails: ['retry/a-lost-answer-is-a-failure', 'retry/a-timeout-is-a-failure'],
  },
  'skips-subscribers-that-failed': {
    does: 'leaves out subscribers that failed twice',
    fails: ['retry/each-update-is-tried'],
  },
  'bars-for-ever-after-410': { does: 'lets nobody subscribe again after a 410', fails: ['retry/may-end-on-410'] },
  'ignores-410': { does: 'takes a 410 for a failure like any other', fails: ['retry/ends-on-410'] },
  '410-on-verification-ends-subscription': {
    does: 'ends a subscription when its renewal is answered with 410',
    fails: ['retry/410-on-verification-ends-nothing'],
  },
  'retries-faster-and-faster': { does: 'makes shorter and shorter pauses between retries', fails: ['retry/backs-off'] },
  'ignores-retry-after': { does: 'does not look at Retry-After', fails: ['retry/honours-retry-after'] },
  'retries-outdated-content': {
    does: 'tries again what newer content has made outdated',
    fails: ['retry/newer-content-replaces-a-retry'],
  },
  'reads-answers-to-their-end': {
    does: 'reads an answer to a delivery however long it is',
    fails: ['retry/reads-little-of-an-answer'],
  },
  'retries-after-unsubscription': {
    does: 'goes on trying to deliver to whoever has unsubscribed',
    fails: ['retry/ends-with-an-unsubscription'],
  },
  'forgets-deliveries-at-a-restart': {
    does: 'delivers nothing that was not delivered when it ended',
    fails: ['retry/survives-a-restart'],
  },
  '410-ends-all-of-the-topic': {
    does: 'ends all subscriptions of a topic on a 410',
    fails: ['retry/a-410-ends-no-other-subscription'],
  },
  '410-ends-all-of-the-callback': {
    does: 'ends all subscriptions of a callback on a 410',
    fails: ['retry/a-410-ends-no-other-subscription'],
  },
} as const satisfies Faults
