import type { Faults } from './fault.ts'

export const redirectsFaults = {
  'moves-with-302': { does: 'sends subscribers elsewhere with 302', fails: ['redirects/keeps-the-post'] },
  'moves-without-location': {
    does: 'sends subscribers elsewhere and does not say where',
    fails: ['redirects/keeps-the-post'],
  },
  'moved-hub-redirects-pings': {
    does: 'sends publishers elsewhere though it has subscribers',
    fails: ['redirects/moved-hub-serves-who-is-there'],
  },
  'asks-again-when-a-topic-moves': {
    does: 'asks the subscribers of a topic that redirects',
    fails: ['redirects/topic-moves-in-silence'],
  },
  'names-moved-topics-by-their-old-url': {
    does: 'names a topic that redirects as it was subscribed to',
    fails: ['redirects/old-topic-is-served'],
  },
  'forgets-where-topics-moved': {
    does: 'does not remember where a topic redirected',
    fails: ['redirects/new-topic-serves-old-subscribers'],
  },
  'knows-moved-topics-by-their-new-url': {
    does: 'does not find a subscription by the URL that redirects',
    fails: ['redirects/old-topic-can-be-left'],
  },
  'ignores-renewals-of-moved-topics': {
    does: 'drops requests for a topic that redirects',
    fails: ['redirects/old-topic-can-be-renewed'],
  },
  'moves-callback-on-301': {
    does: 'sends what is new to where a callback redirected',
    fails: ['redirects/callback-is-not-moved'],
  },
  'drops-topics-that-leave': {
    does: 'stops delivering a topic that names another hub',
    fails: ['redirects/topic-may-leave'],
  },
  'drops-pings-at-its-alias': {
    does: 'forgets pings at another of its URLs',
    fails: ['redirects/aliases-are-one-hub'],
  },
} as const satisfies Faults
