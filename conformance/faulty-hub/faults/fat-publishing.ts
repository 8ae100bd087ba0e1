import type { Faults } from './fault.ts'

export const fatPublishingFaults = {
  'takes-no-content': {
    does: 'takes no content from publishers',
    fails: ['fat-publishing/is-delivered'],
  },
  'knows-topics-by-link-alone': {
    does: 'does not read the topic of content in the query',
    fails: ['fat-publishing/may-name-the-topic-in-the-query'],
  },
  'takes-the-first-of-two-topics': {
    does: 'takes content that names two topics for the first',
    fails: ['fat-publishing/names-one-topic'],
  },
  'asks-for-no-key': {
    does: 'takes content from anybody',
    fails: ['fat-publishing/needs-a-key'],
  },
  'asks-for-a-key-without-saying-how': {
    does: 'answers 401 without WWW-Authenticate',
    fails: ['fat-publishing/needs-a-key'],
  },
  'takes-a-key-for-every-topic': {
    does: 'takes content of any topic from whoever has a key',
    fails: ['fat-publishing/keys-are-for-their-topics'],
  },
  'strips-types-of-content': {
    does: 'strips the parameters of the type of content',
    fails: ['fat-publishing/keeps-the-bytes-and-their-type'],
  },
  'delivers-content-without-links': {
    does: 'delivers what was handed over without links',
    fails: ['fat-publishing/links-name-hub-and-topic'],
  },
  'cuts-feeds-that-are-handed-over': {
    does: 'delivers the first entry of a feed that was handed over',
    fails: ['fat-publishing/feeds-arrive-whole'],
  },
  'takes-forms-with-a-key-for-content': {
    does: 'takes every form with a key for content',
    fails: ['fat-publishing/forms-are-pings'],
  },
  'takes-no-form-for-content': {
    does: 'takes every form for a ping',
    fails: ['fat-publishing/forms-may-be-content'],
  },
  'takes-empty-content': {
    does: 'takes content of no bytes',
    fails: ['fat-publishing/refuses-empty-content'],
  },
  'takes-content-of-any-size': {
    does: 'takes content of any size',
    fails: ['fat-publishing/limits-size'],
  },
  'answers-content-with-204': {
    does: 'answers 204 to content',
    fails: ['fat-publishing/answers-202'],
  },
  'answers-all-content-alike': {
    does: 'answers 202 to content however it names its topic',
    fails: ['fat-publishing/answers-as-ballerina-does'],
  },
  'fetches-what-was-handed-over': {
    does: 'fetches a topic whose content was handed over',
    fails: ['fat-publishing/fetches-nothing'],
  },
  'delivers-compressed-content': {
    does: 'delivers content as compressed as it came',
    fails: ['fat-publishing/unpacks'],
  },
  'takes-any-coding': {
    does: 'takes content in codings it does not know',
    fails: ['fat-publishing/refuses-unknown-codings'],
  },
  'reads-all-before-it-refuses': {
    does: 'reads content to its end before it says that it is too large',
    fails: ['fat-publishing/refuses-by-the-length'],
  },
  'unpacks-without-end': {
    does: 'unpacks content however large it becomes',
    fails: ['fat-publishing/limits-unpacking'],
  },
  'knows-no-idempotency-keys': {
    does: 'delivers content again that is sent again',
    fails: ['fat-publishing/a-repeat-changes-nothing'],
  },
  'lets-a-fetch-undo-content': {
    does: 'delivers what a fetch brings that began before newer content came',
    fails: ['fat-publishing/the-later-content-wins'],
  },
  'drops-pings-of-what-was-handed-over': {
    does: 'fetches no topic any more whose content was once handed over',
    fails: ['fat-publishing/a-later-ping-counts'],
  },
  'takes-multipart-for-content': {
    does: 'takes several contents for one',
    fails: ['fat-publishing/refuses-multipart'],
  },
  'takes-malformed-types': {
    does: 'sends on any Content-Type',
    fails: ['fat-publishing/hands-on-no-nonsense'],
  },
} as const satisfies Faults
