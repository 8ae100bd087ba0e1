import type { Faults } from './fault.ts'

export const fetchingFaults = {
  'fetches-for-each-subscription': {
    does: 'fetches a topic once for each of its subscribers',
    fails: ['fetching/once-for-all'],
  },
  'fetches-side-by-side': {
    does: 'fetches a topic while it is being fetched',
    fails: ['fetching/one-at-a-time'],
  },
  'fetches-one-after-the-other': {
    does: 'fetches the topics of one subscriber one after the other',
    fails: ['fetching/slow-topics-delay-no-others'],
  },
  'follows-no-redirects': { does: 'follows no redirect of a topic', fails: ['fetching/follows-redirects'] },
  'follows-redirects-without-end': {
    does: 'follows any number of redirects',
    fails: ['fetching/limits-redirects'],
  },
  'asks-unconditionally': { does: 'never asks for changes alone', fails: ['fetching/asks-conditionally'] },
  'asks-for-feeds': { does: 'prefers feeds', fails: ['fetching/negotiates-nothing'] },
  'takes-what-caches-have': { does: 'lets caches answer a fetch', fails: ['fetching/asks-past-caches'] },
  'tells-wrong-counts': {
    does: 'tells more subscribers than there are',
    fails: ['fetching/may-tell-subscriber-counts'],
  },
  'never-fetches-again': { does: 'tries a failed fetch no second time', fails: ['fetching/is-tried-again'] },
  'delivers-what-came-of-a-broken-body': {
    does: 'delivers as much as came of a body that broke off',
    fails: ['fetching/delivers-nothing-broken'],
  },
  'cuts-what-is-too-large': { does: 'delivers the beginning of what is too large', fails: ['fetching/limits-size'] },
  'waits-for-slow-topics': { does: 'reads a topic for as long as it sends', fails: ['fetching/limits-time'] },
  'unpacks-without-limit': {
    does: 'delivers whatever a compressed topic unpacks to',
    fails: ['fetching/limits-unpacking'],
  },
  'hands-on-compressed-content': { does: 'delivers a topic as compressed', fails: ['fetching/unpacks'] },
  'remembers-first-links': { does: 'never reads a topic’s links again', fails: ['fetching/rereads-links'] },
  'sends-cookies-back': { does: 'sends a topic’s cookies back', fails: ['fetching/sends-nothing-private'] },
  'ends-subscriptions-of-missing-topics': {
    does: 'ends the subscriptions of a topic that answers 404 or 410',
    fails: ['fetching/keeps-subscriptions-of-missing-topics'],
  },
  'forgets-newcomers': {
    does: 'delivers nothing unchanged, to those who have nothing yet either',
    fails: ['fetching/reaches-newcomers'],
  },
  'ignores-changes-outside-entries': {
    does: 'takes a feed with the same entries for the same',
    fails: ['fetching/delivers-any-change'],
  },
  'delivers-error-pages': {
    does: 'delivers what a topic answers with an error status',
    fails: ['fetching/takes-only-200-for-content'],
  },
  'delivers-unchanged-content': {
    does: 'delivers the same content again at every ping',
    fails: ['fetching/takes-304-for-nothing-new'],
  },
  'delivers-unchanged-content-twice': {
    does: 'delivers the same content again, twice',
    fails: ['fetching/may-repeat-what-is-known'],
  },
  'cuts-the-last-byte': {
    does: 'loses the last byte of what it delivers',
    fails: ['fetching/delivers-what-is-served'],
  },
  'trims-body': { does: 'trims the body', fails: ['fetching/keeps-the-bytes'] },
  're-encodes-body': {
    does: 'decodes the body as UTF-8 and encodes it again',
    fails: ['fetching/keeps-the-bytes'],
  },
  'takes-small-topics-alone': {
    does: 'delivers no topic of more than a mebibyte',
    fails: ['fetching/takes-three-megabytes'],
  },
} as const satisfies Faults
