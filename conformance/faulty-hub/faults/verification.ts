import type { Faults } from './fault.ts'

export const verificationFaults = {
  'verifies-twice': { does: 'asks again after a confirmation', fails: ['verification/is-not-repeated'] },
  'asks-ahead-of-its-answer': {
    does: 'asks the callback and answers the request a moment later',
    fails: ['verification/comes-after-the-answer'],
  },
  'verifies-one-after-another': {
    does: 'asks a callback about a topic when the one before has answered',
    fails: ['verification/waits-for-nobody'],
  },
  'never-merges-requests': { does: 'verifies each of many identical requests', fails: ['verification/floods-nobody'] },
  'drops-callback-query': {
    does: "drops the callback's own query",
    fails: ['verification/keeps-the-callbacks-query'],
  },
  're-encodes-callback': {
    does: 'lower-cases and re-encodes the callback',
    fails: ['verification/calls-the-exact-callback'],
  },
  'overwrites-clashing-challenge': {
    does: "overwrites parameters of the callback's query that clash with its own",
    fails: ['verification/keeps-clashing-parameters'],
  },
  'doubles-question-mark': {
    does: 'appends a second question mark to a callback that ends in one',
    fails: ['verification/joins-with-one-question-mark'],
  },
  'echoes-normalised-topic': {
    does: 'echoes the topic as it compares it, not as it was given',
    fails: ['verification/echoes-the-topic-as-given'],
  },
  'no-lease-in-verification': {
    does: 'leaves hub.lease_seconds out of the verification',
    fails: ['verification/has-each-parameter-once'],
  },
  'secret-in-verification': {
    does: "puts the subscriber's secret into the verification URL",
    fails: ['verification/keeps-the-secret'],
  },
  'drops-verify-token': { does: 'does not give hub.verify_token back', fails: ['verification/gives-the-token-back'] },
  'short-challenge': { does: 'uses a challenge of 24 bits', fails: ['verification/challenge-needs-no-escaping'] },
  'challenge-with-odd-characters': {
    does: 'uses characters in a challenge that are not allowed there',
    fails: ['verification/challenge-has-allowed-characters'],
  },
  'same-challenge-always': { does: 'uses one challenge for everything', fails: ['verification/challenges-differ'] },
  'same-challenge-on-retry': {
    does: 'asks again with the challenge that got no answer',
    fails: ['verification/may-ask-again'],
  },
  'takes-first-challenge-for-its-own': {
    does: 'compares the answer with the first hub.challenge of the URL',
    fails: ['verification/echo-of-the-clashing-challenge-fails'],
  },
  'follows-redirects-on-verification': {
    does: 'follows a redirect on verification',
    fails: ['verification/follows-no-redirect'],
  },
  'accepts-any-status': { does: 'takes a 404 for a confirmation', fails: ['verification/only-2xx-confirms'] },
  'accepts-any-echo': {
    does: 'takes any 2xx for a confirmation, whatever the body',
    fails: ['verification/only-the-challenge-confirms'],
  },
  'accepts-challenge-prefix': {
    does: 'takes part of the challenge, or more than it, for the whole',
    fails: ['verification/only-the-challenge-confirms'],
  },
  'confirms-by-204': { does: 'takes a 204 for a confirmation', fails: ['verification/a-2xx-without-a-body-fails'] },
  'reads-endless-answers': {
    does: 'reads the answer to a verification for ever',
    fails: ['verification/gives-up-on-endless-answers'],
  },
  'asks-again-after-404': { does: 'asks a subscriber again that said no', fails: ['verification/rejection-is-final'] },
  'asks-for-gzip': {
    does: 'asks for a compressed answer and compares it as it comes',
    fails: ['verification/asks-for-what-it-can-compare'],
  },
  'no-user-agent': { does: 'names itself nowhere', fails: ['verification/names-the-hub'] },
  'odd-lease-on-unsubscribe': {
    does: 'sends hub.lease_seconds=never with an unsubscription',
    fails: ['verification/unsubscription-needs-no-lease'],
  },
  'verification-only-200': { does: 'confirms only on status 200', fails: ['verification/any-2xx-confirms'] },
  'wants-plain-text': { does: 'confirms only on text/plain', fails: ['verification/any-content-type-confirms'] },
  'grants-unverified': {
    does: 'begins a subscription before it was confirmed',
    fails: ['verification/only-2xx-confirms'],
  },
  'denies-after-failed-verification': {
    does: 'sends a denial after a verification that failed',
    fails: ['verification/failure-sends-no-denial'],
  },
  'lease-counts-from-answer': {
    does: 'counts the lease from the answer to the verification',
    fails: ['verification/lease-counts-from-the-request'],
  },
  'perpetual-lease': {
    does: 'tells a lease of 0 where none was asked for',
    fails: ['verification/has-each-parameter-once'],
  },
  'same-row-of-challenges-for-all': {
    does: 'asks every callback with the same challenges, one after the other',
    fails: ['verification/challenges-differ'],
  },
  'verifies-late': { does: 'asks the callback after some seconds', fails: ['verification/comes-soon'] },
  'compares-challenges-without-case': {
    does: 'takes a challenge in other letters’ case for the same',
    fails: ['verification/only-the-challenge-confirms'],
  },
  'takes-no-answer-for-a-yes': {
    does: 'takes a verification for confirmed that got no answer',
    fails: ['verification/no-answer-confirms-nothing'],
  },
} as const satisfies Faults
