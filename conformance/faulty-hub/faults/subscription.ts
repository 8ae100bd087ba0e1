import type { Faults } from './fault.ts'

export const subscriptionFaults = {
  'answers-200': { does: 'answers a subscription request with 200', fails: ['subscription/answers-202'] },
  'answers-204': { does: 'answers a subscription request with 204', fails: ['subscription/answers-202'] },
  'answers-renewals-with-200': {
    does: 'answers with 200 who has a subscription already',
    fails: ['subscription/renewals-are-answered-202'],
  },
  'never-verifies': { does: 'accepts subscriptions and never asks the callback', fails: ['subscription/is-verified'] },
  'verifies-before-answering': {
    does: 'asks the callback before it answers, so that the answer waits for the callback',
    fails: ['subscription/answers-before-it-asks'],
  },
  'refuses-secrets': { does: 'refuses requests with hub.secret', fails: ['subscription/accepts-a-secret'] },
  'refuses-unknown-parameters': {
    does: 'refuses parameters it does not know',
    fails: ['subscription/ignores-unknown-parameters'],
  },
  'accepts-json': { does: 'takes a JSON body for a form', fails: ['subscription/refuses-json'] },
  'accepts-requests-without-a-mode': {
    does: 'takes a request without hub.mode for a subscription',
    fails: ['subscription/refuses-requests-without-a-mode'],
  },
  'accepts-empty-parameters': {
    does: 'accepts requests whose hub.topic or hub.callback is empty',
    fails: ['subscription/refuses-empty-parameters'],
  },
  'accepts-missing-parameters': {
    does: 'accepts requests that lack hub.topic or hub.callback',
    fails: ['subscription/refuses-incomplete-requests'],
  },
  'accepts-any-url': {
    does: 'accepts what is no http or https URL',
    fails: ['subscription/refuses-what-is-no-web-address'],
  },
  'keeps-fragments': { does: 'accepts URLs with a fragment', fails: ['subscription/sends-no-fragment'] },
  'sends-userinfo': { does: 'accepts URLs with user and password', fails: ['subscription/hands-on-no-userinfo'] },
  'takes-itself-for-a-peer': {
    does: 'accepts its own URL as topic and callback',
    fails: ['subscription/refuses-itself'],
  },
  'accepts-unknown-modes': {
    does: 'takes an unknown hub.mode for subscribe',
    fails: ['subscription/refuses-unknown-modes'],
  },
  'refuses-https': { does: 'refuses https URLs', fails: ['subscription/takes-http-and-https'] },
  'refuses-long-urls': { does: 'refuses URLs of more than 500 characters', fails: ['subscription/takes-long-urls'] },
  'takes-forms-of-any-size': { does: 'reads forms of any size', fails: ['subscription/refuses-huge-forms'] },
  'knows-one-spelling-of-the-form-type': {
    does: 'refuses the form type with a parameter or in another case',
    fails: ['subscription/reads-any-spelling-of-the-form-type'],
  },
  'wants-a-form-type': {
    does: 'refuses a form without Content-Type',
    fails: ['subscription/takes-a-form-without-its-type'],
  },
  'breaks-on-multipart': { does: 'answers multipart/form-data with 500', fails: ['subscription/answers-multipart'] },
  'refuses-credentials': {
    does: 'refuses requests with an Authorization header',
    fails: ['subscription/takes-any-request-header'],
  },
  'refuses-hub-verify': {
    does: 'refuses requests with hub.verify',
    fails: ['subscription/takes-what-old-clients-send'],
  },
  'breaks-on-odd-ports': {
    does: 'answers 500 where a callback is on a port below 80',
    fails: ['subscription/may-refuse-ports'],
  },
  'reads-the-query': {
    does: 'reads its parameters from the query as well',
    fails: ['subscription/reads-no-subscription-from-the-query'],
  },
  'repeated-parameter-adds': {
    does: 'takes every hub.topic of a request for a subscription',
    fails: ['subscription/repeated-parameter-is-one-subscription'],
  },
  'keeps-first-of-two-requests': {
    does: 'drops a request while another for the same pair waits',
    fails: ['subscription/newest-request-wins'],
  },
  'one-subscription-per-callback': {
    does: 'keeps only the newest subscription of a callback',
    fails: ['subscription/is-by-topic-and-callback'],
  },
  'compares-topics-undecoded': {
    does: 'compares topics as they were written',
    fails: ['subscription/decodes-unreserved-characters'],
  },
  'decodes-reserved-characters': {
    does: 'decodes reserved characters before it compares topics',
    fails: ['subscription/keeps-reserved-characters'],
  },
  'accepts-long-secret': { does: 'accepts secrets of 200 bytes and more', fails: ['subscription/limits-the-secret'] },
  'counts-secret-in-characters': {
    does: 'measures hub.secret in characters instead of bytes',
    fails: ['subscription/limits-the-secret'],
  },
  'silent-errors': { does: 'does not say what is wrong with a request', fails: ['subscription/errors-help'] },
  'errors-as-html': { does: 'answers errors as HTML', fails: ['subscription/errors-help'] },
  'errors-with-200': { does: 'answers errors with 200', fails: ['subscription/refuses-incomplete-requests'] },
  'errors-with-500': { does: 'answers errors with 500', fails: ['subscription/errors-are-the-clients'] },
  'refuses-renewals': {
    does: 'refuses who has a subscription already',
    fails: ['subscription/can-be-repeated'],
  },
  'failed-renewal-replaces-secret': {
    does: 'takes the secret of a renewal that was not confirmed',
    fails: ['subscription/failed-renewal-keeps-the-secret'],
  },
  'renews-at-any-2xx': {
    does: 'takes any 2xx for a confirmed renewal, whatever the body',
    fails: ['subscription/only-the-challenge-renews'],
  },
  'renews-at-a-redirect': {
    does: 'takes a redirect for a confirmed renewal',
    fails: ['subscription/only-the-challenge-renews'],
  },
  'failed-verification-ends-subscription': {
    does: 'ends a subscription when its renewal was not confirmed',
    fails: ['subscription/failed-renewal-keeps-the-secret'],
  },
  'renewal-keeps-old-state': {
    does: 'lets a confirmed renewal change nothing',
    fails: ['subscription/renewal-replaces-the-secret'],
  },
  'repeat-adds-a-subscription': {
    does: 'adds a second subscription when one is asked for again',
    fails: ['subscription/repeated-is-one-subscription'],
  },
  'signs-with-empty-key': {
    does: 'takes an empty hub.secret for a key',
    fails: ['subscription/never-signs-with-an-empty-secret'],
  },
  'forgets-requests-at-a-restart': {
    does: 'verifies nothing that was not verified when it ended',
    fails: ['subscription/survives-a-restart'],
  },
  'tells-callbacks-apart-by-their-path': {
    does: 'takes callbacks for one that differ in their query',
    fails: ['subscription/is-by-the-whole-url'],
  },
  'tells-topics-apart-by-their-path': {
    does: 'takes the topics of a callback for one that differ in their query',
    fails: ['subscription/is-by-the-whole-url'],
  },
  'compares-urls-without-case': {
    does: 'takes topics and callbacks for one that differ in letters’ case',
    fails: ['subscription/is-by-the-whole-url'],
  },
} as const satisfies Faults
