import type { Faults } from './fault.ts'

export const discoveryFaults = {
  'names-every-self': {
    does: 'hands on each rel=self that a topic has',
    fails: ['discovery/sends-one-self'],
  },
  'reads-elements-before-headers': {
    does: 'believes HTML before the Link header',
    fails: ['discovery/prefers-the-link-header'],
  },
  'reads-no-links-in-html': { does: 'looks for no link in HTML', fails: ['discovery/reads-links-in-html'] },
  'reads-no-links-in-feeds': { does: 'looks for no link in feeds', fails: ['discovery/reads-links-in-feeds'] },
  'reads-no-json-feeds': { does: 'looks for no link in JSON', fails: ['discovery/reads-json-feeds'] },
  'reads-entries': {
    does: 'takes the link of an entry for that of its feed',
    fails: ['discovery/ignores-links-of-entries'],
  },
  'reads-the-body': { does: 'takes a link in the body of a page', fails: ['discovery/reads-only-the-head'] },
  'reads-one-spelling-of-links': {
    does: 'reads a Link header only as most write it',
    fails: ['discovery/reads-any-spelling-of-the-link-header'],
  },
  'splits-links-at-commas': {
    does: 'splits a Link header at every comma',
    fails: ['discovery/reads-any-spelling-of-the-link-header'],
  },
  'leaves-relative-links': {
    does: 'delivers relative links as they are',
    fails: ['discovery/resolves-relative-links'],
  },
  'resolves-against-the-topic': {
    does: 'resolves relative links against the URL subscribed to, wherever it led',
    fails: ['discovery/resolves-against-the-final-url'],
  },
  'ignores-base-urls': { does: 'knows no <base> and no xml:base', fails: ['discovery/honours-base-urls'] },
  'subscribes-by-get': { does: 'subscribes by GET', fails: ['discovery/get-changes-nothing'] },
  'breaks-on-visitors': { does: 'answers GET with 500', fails: ['discovery/answers-visitors'] },
  'tells-visitors-no-method': { does: 'answers 405 without Allow', fails: ['discovery/answers-visitors'] },
  'redirects-its-alias-with-301': {
    does: 'redirects POSTs at another of its URLs with 301',
    fails: ['discovery/aliases-take-posts'],
  },
} as const satisfies Faults
