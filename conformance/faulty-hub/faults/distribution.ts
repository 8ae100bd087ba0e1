import type { Faults } from './fault.ts'

export const distributionFaults = {
  'cuts-long-content': { does: 'cuts content after 64 KiB', fails: ['distribution/carries-long-content'] },
  'leaks-topic-headers': { does: "hands on the topic's own headers", fails: ['distribution/hands-on-no-other-header'] },
  'has-headers-without-prefix': {
    does: 'sends a header of its own under a plain name',
    fails: ['distribution/names-its-sender'],
  },
  'expects-continue': {
    does: 'sends Expect: 100-continue with a delivery',
    fails: ['distribution/is-an-ordinary-request'],
  },
  'chunks-deliveries': {
    does: 'does not tell the length of a delivery',
    fails: ['distribution/is-an-ordinary-request'],
  },
  'normalizes-callback': {
    does: 'calls the callback as an HTTP client writes its URL: no dot segments, unreserved characters decoded',
    fails: ['distribution/keeps-every-byte-of-the-callback'],
  },
  'adds-to-callback-query-on-delivery': {
    does: "adds hub.topic to the callback's query on delivery",
    fails: ['distribution/goes-to-the-callback-as-given'],
  },
  'strips-content-type-parameters': {
    does: 'strips the parameters of Content-Type',
    fails: ['distribution/keeps-the-content-type'],
  },
  'respaces-content-type': {
    does: 'writes the parameters of Content-Type in its own way',
    fails: ['distribution/writes-the-content-type-as-served'],
  },
  'invents-a-content-type': {
    does: 'calls content without a type text/plain',
    fails: ['distribution/untyped-content-is-octet-stream'],
  },
  'delivers-no-pictures': { does: 'delivers no images', fails: ['distribution/takes-any-media-type'] },
  'no-self-link': { does: 'delivers without rel=self', fails: ['distribution/names-the-topic'] },
  'two-self-links': { does: 'names two URLs as rel=self', fails: ['distribution/names-the-topic'] },
  'names-topic-as-self-always': {
    does: 'names the URL that was subscribed to as rel=self, whatever the topic says',
    fails: ['distribution/hands-on-the-advertised-self'],
  },
  'no-hub-link': { does: 'delivers without rel=hub', fails: ['distribution/names-the-hub'] },
  'names-hub-as-configured': {
    does: 'names itself otherwise than the topic does',
    fails: ['distribution/names-the-hub-as-advertised'],
  },
  'knows-no-alias': {
    does: 'does not know itself by another of its URLs',
    fails: ['distribution/names-an-advertised-alias'],
  },
  'names-no-hub-that-is-not-advertised': {
    does: 'delivers without rel=hub where the topic has none',
    fails: ['distribution/names-itself-for-others'],
  },
  'names-other-hubs-first': {
    does: 'lists the hubs of a topic as the topic does',
    fails: ['distribution/puts-this-hub-first'],
  },
  'two-link-lines': { does: 'sends its links in two header lines', fails: ['distribution/links-stand-in-one-line'] },
  'writes-links-without-spaces': {
    does: 'writes its links without spaces',
    fails: ['distribution/writes-links-plainly'],
  },
  'writes-link-targets-raw': {
    does: 'does not escape the URLs in its links',
    fails: ['distribution/escapes-link-targets'],
  },
  'delivers-twice': { does: 'delivers everything twice', fails: ['distribution/comes-once'] },
  'serves-two-subscribers-a-topic': {
    does: 'delivers to no more than two subscribers of a topic',
    fails: ['distribution/reaches-each-subscription'],
  },
  'delivers-while-verification-is-open': {
    does: 'delivers while the callback has not answered yet',
    fails: ['distribution/nothing-before-the-confirmation'],
  },
  'delivers-empty-content': { does: 'delivers empty content', fails: ['distribution/empty-content-is-not-delivered'] },
  'delivers-one-after-another': {
    does: 'delivers to one subscriber of a topic after the other',
    fails: ['distribution/waits-for-nobody'],
  },
  'delivers-two-at-once': {
    does: 'delivers an update while another to the same subscriber is open',
    fails: ['distribution/delivers-one-at-a-time'],
  },
  'delivers-newest-first': {
    does: 'delivers what is outdated after what is newest',
    fails: ['distribution/newest-comes-last'],
  },
  'waits-briefly-for-answers': {
    does: 'gives a subscriber too little time to answer a delivery',
    fails: ['distribution/waits-for-an-answer'],
  },
  'joins-feeds-of-a-callback': {
    does: 'makes one request for several Atom topics of a callback',
    fails: ['distribution/each-topic-comes-by-itself'],
  },
  'reads-subscriber-counts': {
    does: 'takes an answer with an unusable X-Hub-On-Behalf-Of for a failure',
    fails: ['distribution/passes-subscriber-counts-by'],
  },
  'writes-link-targets-as-html': {
    does: 'escapes the URLs in its links as for HTML',
    fails: ['distribution/hands-on-the-advertised-self'],
  },
} as const satisfies Faults
