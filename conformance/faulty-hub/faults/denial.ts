import type { Faults } from './fault.ts'

export const denialFaults = {
  'breaks-lines-in-a-denial': {
    does: 'writes two lines into hub.reason',
    fails: ['denial/says-why-in-plain-text'],
  },
  'asks-in-a-denial': { does: 'sends a challenge with a denial', fails: ['denial/asks-for-nothing'] },
  'takes-a-denial-for-a-verification': {
    does: 'begins a subscription when its denial was answered',
    fails: ['denial/confirms-nothing'],
  },
  'drops-callback-query-on-denial': {
    does: "drops the callback's own query from a denial",
    fails: ['denial/keeps-the-callbacks-query'],
  },
  'denies-for-ever': { does: 'denies again who was denied once', fails: ['denial/is-no-ban'] },
  'repeats-denials': { does: 'sends a denial again that was answered', fails: ['denial/is-told-once'] },
  'offers-another-topic-in-a-denial': {
    does: 'sends Location with a denial, as a draft had it',
    fails: ['denial/has-no-location'],
  },
  'denies-all-at-once': { does: 'sends any number of denials at once to one host', fails: ['denial/floods-nobody'] },
  'denies-unsubscriptions': {
    does: 'denies an unsubscription',
    fails: ['denial/unsubscription-is-not-denied'],
  },
} as const satisfies Faults
