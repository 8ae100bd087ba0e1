import type { Faults } from './fault.ts'

export const draftsFaults = {
  'never-verifies-at-once': {
    does: 'knows no hub.verify=sync, and asks the callback later',
    fails: ['drafts/answers-sync-at-once'],
  },
  'refuses-sync-alone': {
    does: 'refuses hub.verify=sync where async is not offered as well',
    fails: ['drafts/sync-makes-a-subscription'],
  },
  'calls-a-refusal-accepted': {
    does: 'answers hub.verify=sync with 204 where the callback said no',
    fails: ['drafts/tells-sync-clients-no'],
  },
  'refuses-callbacks-that-are-slow-at-once': {
    does: 'answers hub.verify=sync with 409 where the callback has not answered yet',
    fails: ['drafts/sync-does-not-wait-for-ever'],
  },
  'takes-an-empty-lease-for-the-shortest': {
    does: 'grants its shortest lease where hub.lease_seconds is empty',
    fails: ['drafts/an-empty-lease-is-none'],
  },
  'refuses-a-second-secret': {
    does: 'refuses a callback another secret for another topic',
    fails: ['drafts/a-callback-may-have-several-secrets'],
  },
  'breaks-at-other-doors': {
    does: 'answers 500 at /subscribe and /publish',
    fails: ['drafts/has-other-doors'],
  },
} as const satisfies Faults
