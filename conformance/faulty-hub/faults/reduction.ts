import type { Faults } from './fault.ts'

export const reductionFaults = {
  'expands-entities': {
    does: 'expands the entities of a feed',
    fails: ['reduction/reads-no-external-entities'],
  },
  'loses-new-entries': {
    does: 'leaves out of a feed what stands first in it',
    fails: ['reduction/carries-what-is-new'],
  },
  'never-reduces': {
    does: 'delivers feeds whole, though it is set to deliver what is new',
    fails: ['reduction/leaves-out-what-was-delivered'],
  },
  'reduces-other-formats': {
    does: 'delivers of every format what has changed',
    fails: ['reduction/leaves-other-formats-whole'],
  },
  'takes-one-subscriber-for-all': {
    does: 'leaves out what any subscriber of the feed has had',
    fails: ['reduction/newcomers-get-every-entry'],
  },
  'rewrites-the-first-delivery': {
    does: 'writes a feed in its own way the first time',
    fails: ['reduction/first-delivery-is-the-feed'],
  },
  'takes-failed-entries-for-delivered': {
    does: 'leaves out entries of a delivery that failed',
    fails: ['reduction/makes-up-for-failed-deliveries'],
  },
  'drops-the-envelope': {
    does: 'delivers new entries without the title of their feed',
    fails: ['reduction/keeps-what-describes-the-feed'],
  },
  'knows-entries-by-id-alone': {
    does: 'takes an entry that was changed for an old one',
    fails: ['reduction/changed-entries-are-new'],
  },
  'delivers-what-was-only-moved': {
    does: 'delivers a feed whose entries only changed places',
    fails: ['reduction/nothing-new-is-not-delivered'],
  },
  'forces-feed-types': {
    does: 'calls every feed it reduces application/atom+xml',
    fails: ['reduction/keeps-the-content-type'],
  },
  'signs-the-whole-feed': {
    does: 'signs the feed that it cut, not what it sends',
    fails: ['reduction/signs-what-it-sends'],
  },
  'rewrites-what-it-cuts': {
    does: 'writes a feed that it cuts in its own way',
    fails: ['reduction/cuts-and-does-not-rewrite'],
  },
  'reduces-what-it-cannot-read': {
    does: 'cuts feeds that are not well-formed, or no feeds',
    fails: ['reduction/unreadable-feeds-stay-whole'],
  },
  'reads-external-entities': {
    does: 'fetches what the document type of a feed names',
    fails: ['reduction/reads-no-external-entities'],
  },
  'keeps-every-rdf-li': {
    does: 'leaves items in the list of an RDF channel that it cut out',
    fails: ['reduction/reduces-rdf'],
  },
  'drops-tombstones': {
    does: 'drops at:deleted-entry from a feed it reduces',
    fails: ['reduction/keeps-tombstones'],
  },
} as const satisfies Faults
