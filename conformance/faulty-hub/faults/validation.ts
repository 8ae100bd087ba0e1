import type { Faults } from './fault.ts'

export const validationFaults = {
  'waits-for-the-topic': {
    does: 'fetches the topic before it answers a subscription request',
    fails: ['validation/answers-before-it-looks-at-the-topic'],
  },
  'refuses-in-silence': { does: 'tells the callback nothing when it refuses', fails: ['validation/refusal-is-told'] },
  'refuses-topics-that-are-down': {
    does: 'denies a subscription if the topic cannot be fetched',
    fails: ['validation/a-topic-that-is-down-is-no-refusal'],
  },
  'takes-the-topic-for-delivered': {
    does: 'fetches the topic when a subscription begins and takes that for delivered',
    fails: ['validation/first-ping-is-always-delivered'],
  },
  'asks-publisher-to-unsubscribe': {
    does: 'fetches the topic when a subscription is to end',
    fails: ['validation/asks-no-publisher-to-unsubscribe'],
  },
  'drops-nameless-topics': {
    does: 'accepts a subscription to a topic that names no hub, and neither asks nor denies',
    fails: ['validation/may-want-its-own-link'],
  },
  'drops-topics-of-another-name': {
    does: 'accepts a subscription to a topic that names itself otherwise, and neither asks nor denies',
    fails: ['validation/may-want-the-self-url'],
  },
} as const satisfies Faults
