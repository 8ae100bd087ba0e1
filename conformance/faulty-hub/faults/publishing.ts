import type { Faults } from './fault.ts'

export const publishingFaults = {
  'publish-answers-200': { does: 'answers a ping with 200', fails: ['publishing/answers-204'] },
  'ping-by-hub-url-alone': { does: 'knows no hub.topic in a ping', fails: ['publishing/takes-hub-topic'] },
  'ping-by-hub-topic-alone': { does: 'knows no hub.url in a ping', fails: ['publishing/takes-hub-url'] },
  'takes-one-topic-a-ping': {
    does: 'fetches the first topic of a ping and forgets the others',
    fails: ['publishing/takes-several-topics'],
  },
  'takes-twenty-topics-at-most': {
    does: 'refuses a ping of more than twenty topics',
    fails: ['publishing/takes-a-hundred-topics'],
  },
  'knows-no-brackets': { does: 'knows no hub.url[]', fails: ['publishing/takes-brackets'] },
  'takes-hub-url-for-where-to-fetch': {
    does: 'takes hub.url beside hub.topic for something other than a topic',
    fails: ['publishing/takes-both-names'],
  },
  'fetches-twice-what-is-named-twice': {
    does: 'fetches a topic as often as a ping names it',
    fails: ['publishing/fetches-once-what-is-named-twice'],
  },
  'splits-no-lists': { does: 'takes a list of URLs for one URL', fails: ['publishing/splits-at-commas'] },
  'splits-at-every-comma': {
    does: 'splits a URL at its commas',
    fails: ['publishing/keeps-commas-in-urls'],
  },
  'refuses-unknown-topics': {
    does: 'answers 404 to a ping for a topic without subscription',
    fails: ['publishing/takes-unknown-topics'],
  },
  'refuses-pings-with-an-unknown-topic': {
    does: 'answers 404 where one of several topics has no subscription',
    fails: ['publishing/serves-what-it-knows'],
  },
  'accepts-pings-of-nothing': {
    does: 'accepts pings that name no URL',
    fails: ['publishing/refuses-pings-of-nothing'],
  },
  'drops-malformed-topics': {
    does: 'serves the good ones of a ping with a malformed topic',
    fails: ['publishing/is-all-or-nothing'],
  },
  'silent-ping-errors': { does: 'does not say what is wrong with a ping', fails: ['publishing/errors-help'] },
  'answers-ping-after-fetch': {
    does: 'answers a ping when the topic has been fetched, and refuses it if that brought nothing',
    fails: ['publishing/answers-before-it-fetches'],
  },
  'ping-with-callback-subscribes': {
    does: 'subscribes the callback that a ping names',
    fails: ['publishing/ignores-other-fields'],
  },
  'takes-no-ping-in-the-query': { does: 'reads no ping from the query', fails: ['publishing/takes-the-query'] },
  'joins-ping-to-running-fetch': {
    does: 'takes a ping that comes during a fetch for answered by that fetch',
    fails: ['publishing/fetches-after-the-last-ping'],
  },
  'fetches-for-each-ping': {
    does: 'fetches once for each ping that came during a fetch',
    fails: ['publishing/gathers-bursts'],
  },
  'takes-any-number-of-pings': { does: 'limits no rate of pings', fails: ['publishing/limits-rates'] },
  'refuses-floods-with-400': { does: 'answers 400 to too many pings', fails: ['publishing/limits-rates'] },
  'retry-after-is-no-number': {
    does: 'does not say in seconds when to ping again',
    fails: ['publishing/limits-rates'],
  },
  'knows-no-aliases': {
    does: 'serves only those who subscribed to the very URL that was pinged',
    fails: ['publishing/knows-a-topic-by-its-self-link'],
  },
  'knows-no-redirected-aliases': {
    does: 'does not look where redirects led',
    fails: ['publishing/knows-a-topic-by-where-it-leads'],
  },
  'delivers-nothing-it-looked-for': {
    does: 'looks again after a ping, and delivers nothing of what it finds',
    fails: ['publishing/may-look-again'],
  },
  'takes-half-of-a-wildcard': {
    does: 'takes * for the first topic that begins so',
    fails: ['publishing/may-take-wildcards'],
  },
  'polls-without-rest': { does: 'fetches topics without pause', fails: ['publishing/may-poll'] },
  'closed-hub-takes-pings': {
    does: 'fetches foreign topics though it is closed',
    fails: ['publishing/closed-hub-refuses'],
  },
  'drops-every-ping': { does: 'accepts pings, and that is all', fails: ['publishing/is-delivered'] },
  'forgets-pings-at-a-restart': {
    does: 'fetches nothing that was not fetched when it ended',
    fails: ['publishing/survives-a-restart'],
  },
} as const satisfies Faults
