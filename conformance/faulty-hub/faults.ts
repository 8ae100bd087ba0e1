/** Whether a fault is switched on. */
export type Has = (fault: FaultName) => boolean

/** Something a hub does wrong, and the claims that have to notice: those, and no others, fail. */
export interface Fault {
  readonly does: string
  readonly fails: readonly string[]
}

export const faults = {
  'answers-200': { does: 'answers a subscription request with 200', fails: ['subscription/answers-202'] },
  'answers-204': { does: 'answers a subscription request with 204', fails: ['subscription/answers-202'] },
  'never-verifies': { does: 'accepts subscriptions and never asks the callback', fails: ['subscription/is-verified'] },
  'verifies-twice': { does: 'asks again after a confirmation', fails: ['verification/is-not-repeated'] },
  'verifies-before-answering': {
    does: 'asks the callback before it answers, so that the answer waits for the callback',
    fails: ['subscription/answers-before-it-asks'],
  },
  'asks-ahead-of-its-answer': {
    does: 'asks the callback and answers the request a moment later',
    fails: ['verification/comes-after-the-answer'],
  },
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
  'never-merges-requests': { does: 'verifies each of many identical requests', fails: ['verification/floods-nobody'] },
  'refuses-secrets': { does: 'refuses requests with hub.secret', fails: ['subscription/accepts-a-secret'] },
  'refuses-unknown-parameters': {
    does: 'refuses parameters it does not know',
    fails: ['subscription/ignores-unknown-parameters'],
  },
  'accepts-json': { does: 'takes a JSON body for a form', fails: ['subscription/refuses-json'] },
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
  'drops-callback-query': {
    does: "drops the callback's own query",
    fails: ['verification/keeps-the-callbacks-query', 'distribution/goes-to-the-callback-as-given'],
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
  'wrong-mode-in-verification': {
    does: 'asks about subscribe when it was told to unsubscribe',
    fails: ['unsubscription/is-verified'],
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
  'never-verifies-at-once': {
    does: 'knows no hub.verify=sync, and asks the callback later',
    fails: ['drafts/answers-sync-at-once'],
  },
  'refuses-sync-alone': {
    does: 'refuses hub.verify=sync where async is not offered as well',
    fails: ['drafts/sync-makes-a-subscription'],
  },
  'calls-a-refusal-accepted': {
    does: 'answers hub.verify=sync with 204 where the callback said no',
    fails: ['drafts/tells-sync-clients-no'],
  },
  'refuses-callbacks-that-are-slow-at-once': {
    does: 'answers hub.verify=sync with 409 where the callback has not answered yet',
    fails: ['drafts/sync-does-not-wait-for-ever'],
  },
  'takes-an-empty-lease-for-the-shortest': {
    does: 'grants its shortest lease where hub.lease_seconds is empty',
    fails: ['drafts/an-empty-lease-is-none'],
  },
  'refuses-a-second-secret': {
    does: 'refuses a callback another secret for another topic',
    fails: ['drafts/a-callback-may-have-several-secrets'],
  },
  'breaks-at-other-doors': {
    does: 'answers 500 at /subscribe and /publish',
    fails: ['drafts/has-other-doors'],
  },
  'same-challenge-always': { does: 'uses one challenge for everything', fails: ['subscription/can-be-repeated'] },
  'short-challenge': { does: 'uses a challenge of 24 bits', fails: ['verification/challenge-needs-no-escaping'] },
  'challenge-with-odd-characters': {
    does: 'uses characters in a challenge that are not allowed there',
    fails: ['verification/challenge-has-allowed-characters'],
  },
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
  'failed-renewal-replaces-secret': {
    does: 'takes the secret of a renewal that was not confirmed',
    fails: ['subscription/failed-renewal-keeps-the-secret'],
  },
  'failed-verification-ends-subscription': {
    does: 'ends a subscription when its renewal was not confirmed',
    fails: ['subscription/failed-renewal-keeps-the-secret'],
  },
  'denies-after-failed-verification': {
    does: 'sends a denial after a verification that failed',
    fails: ['verification/failure-sends-no-denial'],
  },
  'breaks-lines-in-a-denial': {
    does: 'writes two lines into hub.reason',
    fails: ['denial/says-why-in-plain-text'],
  },
  'asks-in-a-denial': { does: 'sends a challenge with a denial', fails: ['denial/asks-for-nothing'] },
  'takes-a-denial-for-a-verification': {
    does: 'begins a subscription when its denial was answered',
    fails: ['denial/confirms-nothing'],
  },
  'drops-callback-query-on-denial': {
    does: "drops the callback's own query from a denial",
    fails: ['denial/keeps-the-callbacks-query'],
  },
  'denies-for-ever': { does: 'denies again who was denied once', fails: ['denial/is-no-ban'] },
  'repeats-denials': { does: 'sends a denial again that was answered', fails: ['denial/is-told-once'] },
  'offers-another-topic-in-a-denial': {
    does: 'sends Location with a denial, as a draft had it',
    fails: ['denial/has-no-location'],
  },
  'denies-all-at-once': { does: 'sends any number of denials at once to one host', fails: ['denial/floods-nobody'] },
  'denies-unsubscriptions': {
    does: 'denies an unsubscription',
    fails: ['denial/unsubscription-is-not-denied'],
  },
  'renewal-keeps-old-state': {
    does: 'lets a confirmed renewal change nothing',
    fails: ['subscription/renewal-replaces-the-secret'],
  },
  'repeat-adds-a-subscription': {
    does: 'adds a second subscription when one is asked for again',
    fails: ['subscription/repeated-is-one-subscription'],
  },
  'unsubscribe-changes-nothing': {
    does: 'keeps delivering after a confirmed unsubscription',
    fails: ['unsubscription/ends-deliveries'],
  },
  'unsubscribe-ends-all-of-the-topic': {
    does: 'ends every subscription of the topic when one is ended',
    fails: ['unsubscription/is-by-topic-and-callback'],
  },
  'unsubscribe-ends-all-of-the-callback': {
    does: 'ends every subscription of the callback when one is ended',
    fails: ['unsubscription/is-by-topic-and-callback'],
  },
  'unsubscribe-needs-a-lease': {
    does: 'refuses an unsubscription whose hub.lease_seconds is no lease',
    fails: ['unsubscription/ignores-the-lease'],
  },
  'unsubscribe-needs-the-secret': {
    does: 'refuses an unsubscription with another hub.secret',
    fails: ['unsubscription/ignores-the-secret'],
  },
  'unsubscribe-is-for-ever': {
    does: 'begins no subscription again that was ended',
    fails: ['unsubscription/can-be-taken-back'],
  },
  'failed-unsubscribe-ends-subscription': {
    does: 'ends a subscription though the unsubscription was not confirmed',
    fails: ['unsubscription/unconfirmed-ends-nothing'],
  },
  'pauses-for-unsubscribe': {
    does: 'delivers nothing while it waits for an unsubscription to be confirmed',
    fails: ['unsubscription/begins-with-the-confirmation'],
  },
  'subscribe-overtakes-unsubscribe': {
    does: 'asks about a subscription after its unsubscription, which came later',
    fails: ['unsubscription/the-later-request-wins'],
  },
  'breaks-on-unknown-unsubscribe': {
    does: 'answers 500 where there is nothing to unsubscribe from',
    fails: ['unsubscription/unknown-is-no-error'],
  },
  'delivers-after-lease': { does: 'keeps delivering after the lease', fails: ['lease/ends'] },
  'lease-counts-from-answer': {
    does: 'counts the lease from the answer to the verification',
    fails: ['verification/lease-counts-from-the-request'],
  },
  'perpetual-lease': {
    does: 'tells a lease of 0 where none was asked for',
    fails: ['verification/has-each-parameter-once'],
  },
  'lease-without-limit': { does: 'grants any lease that is asked for', fails: ['lease/always-has-an-end'] },
  'keeps-another-lease-than-it-tells': {
    does: 'tells the lease that was asked for and keeps its standard one',
    fails: ['lease/ends'],
  },
  'standard-lease-of-a-year': { does: 'grants a year to who asks for no lease', fails: ['lease/default-is-short'] },
  'refuses-long-leases': {
    does: 'refuses a lease above its limit',
    fails: ['lease/takes-what-clients-ask-for'],
  },
  'grants-what-is-no-number': {
    does: 'reads hub.lease_seconds as far as it is a number',
    fails: ['lease/refuses-what-is-no-number'],
  },
  'silent-lease-errors': {
    does: 'does not say that hub.lease_seconds was wrong',
    fails: ['lease/refuses-what-is-no-number'],
  },
  'lease-overflows': {
    does: 'keeps hub.lease_seconds in 32 bits',
    fails: ['lease/long-numbers-do-not-overflow'],
  },
  'renewal-never-shortens': {
    does: 'keeps the later of two ends when a subscription is renewed',
    fails: ['lease/renewal-can-shorten'],
  },
  'renewal-never-extends': {
    does: 'keeps the earlier of two ends when a subscription is renewed',
    fails: ['lease/renewal-can-extend'],
  },
  'failed-renewal-replaces-lease': {
    does: 'takes the lease of a renewal that was not confirmed',
    fails: ['lease/failed-renewal-keeps-the-end'],
  },
  'pauses-for-renewal': {
    does: 'delivers nothing while it waits for a renewal to be confirmed',
    fails: ['lease/leaves-no-gap'],
  },
  'denies-at-the-end': { does: 'sends a denial when a lease has ended', fails: ['lease/ends-in-silence'] },
  'retries-after-lease': {
    does: 'tries a failed delivery again though the lease has ended',
    fails: ['lease/ends-retries'],
  },
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
    does: 'answers a ping when the topic has been fetched',
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
  'expands-entities': {
    does: 'expands the entities of a feed',
    fails: ['reduction/reads-no-external-entities'],
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
  'trims-body': { does: 'trims the body', fails: ['fetching/keeps-the-bytes'] },
  're-encodes-body': {
    does: 'decodes the body as UTF-8 and encodes it again',
    fails: ['fetching/keeps-the-bytes'],
  },
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
    fails: ['distribution/keeps-the-content-type'],
  },
  'invents-a-content-type': {
    does: 'calls content without a type text/plain',
    fails: ['distribution/untyped-content-is-octet-stream'],
  },
  'delivers-no-pictures': { does: 'delivers no images', fails: ['distribution/takes-any-media-type'] },
  'no-self-link': { does: 'delivers without rel=self', fails: ['distribution/names-the-topic'] },
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
  'closed-hub-takes-pings': {
    does: 'fetches foreign topics though it is closed',
    fails: ['publishing/closed-hub-refuses'],
  },
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
  'delivers-twice': { does: 'delivers everything twice', fails: ['distribution/reaches-each-subscription-once'] },
  'serves-two-subscribers-a-topic': {
    does: 'delivers to no more than two subscribers of a topic',
    fails: ['distribution/reaches-each-subscription-once'],
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
  'never-signs': { does: 'never signs', fails: ['signing/verifies'] },
  'signs-without-secret': { does: 'signs where no secret was given', fails: ['signing/only-with-a-secret'] },
  'signs-with-wrong-key': { does: 'signs with something other than the secret', fails: ['signing/verifies'] },
  'signs-with-empty-key': {
    does: 'takes an empty hub.secret for a key',
    fails: ['subscription/never-signs-with-an-empty-secret'],
  },
  'upper-case-hex': { does: 'writes the signature in upper-case hex', fails: ['signing/is-lower-case'] },
  'signs-with-md5': { does: 'signs with a method that is not among the four', fails: ['signing/verifies'] },
  'signs-more-than-the-body': { does: 'signs a time together with the body', fails: ['signing/verifies'] },
  'signs-with-sha1': { does: 'signs with SHA-1', fails: ['signing/uses-sha256-or-better'] },
  'two-signature-lines': { does: 'sends two signatures in two headers', fails: ['signing/is-one'] },
  'lists-two-signatures': { does: 'sends two signatures in one header', fails: ['signing/is-one'] },
  'signs-decoded-text': { does: 'signs the body as decoded text', fails: ['signing/covers-the-bytes'] },
  'reads-secrets-as-latin1': {
    does: 'takes the characters of a secret for bytes',
    fails: ['signing/decodes-the-secret'],
  },
  'keeps-plus-signs': { does: 'does not read + in a form as a space', fails: ['signing/decodes-the-secret'] },
  'forgets-secret-of-sync-subscribers': {
    does: 'does not sign for subscribers that say hub.verify=sync',
    fails: ['signing/signs-for-old-subscribers'],
  },
  'refuses-unknown-algorithms': {
    does: 'refuses an hub.signature_algorithm it does not know',
    fails: ['signing/lets-subscribers-choose'],
  },
  'signs-retries-with-old-secret': {
    does: 'signs retries with the secret of the first attempt',
    fails: ['signing/retries-have-the-newest-secret'],
  },
  'signs-all-with-one-secret': {
    does: 'signs for all subscribers of a topic with one of their secrets',
    fails: ['signing/is-each-subscribers-own'],
  },
  'secret-in-errors': { does: 'repeats a secret in an error message', fails: ['signing/keeps-secrets'] },
  'secret-in-delivery': { does: 'sends the secret along with a delivery', fails: ['signing/keeps-secrets'] },
  'never-retries': { does: 'never tries a failed delivery again', fails: ['retry/tries-again'] },
  'treats-302-as-delivered': { does: 'takes a 302 for delivered', fails: ['retry/only-2xx-is-success'] },
  'follows-redirects-on-delivery': { does: 'follows a redirect on delivery', fails: ['retry/follows-no-redirect'] },
  'delivery-only-200': { does: 'takes no 2xx but 200 for delivered', fails: ['retry/any-2xx-is-success'] },
  'deletes-after-failures': {
    does: 'ends a subscription when a notification was given up',
    fails: ['retry/keeps-the-subscription'],
  },
  'ends-subscription-on-404': { does: 'ends a subscription on 404', fails: ['retry/only-410-ends-a-subscription'] },
  'retries-once': { does: 'tries a failed delivery a second time and then no more', fails: ['retry/tries-again'] },
  'retries-without-body': { does: 'sends no body when it tries again', fails: ['retry/tries-again'] },
  'treats-4xx-as-delivered': { does: 'takes a 4xx for delivered', fails: ['retry/only-2xx-is-success'] },
  'treats-no-answer-as-delivered': {
    does: 'takes a delivery for delivered that was not answered',
    fails: ['retry/a-lost-answer-is-a-failure', 'retry/a-timeout-is-a-failure'],
  },
  'skips-subscribers-that-failed': {
    does: 'leaves out subscribers that failed twice',
    fails: ['retry/each-update-is-tried'],
  },
  'bars-for-ever-after-410': { does: 'lets nobody subscribe again after a 410', fails: ['retry/may-end-on-410'] },
  'ignores-410': { does: 'takes a 410 for a failure like any other', fails: ['retry/ends-on-410'] },
  '410-on-verification-ends-subscription': {
    does: 'ends a subscription when its renewal is answered with 410',
    fails: ['retry/410-on-verification-ends-nothing'],
  },
  'retries-faster-and-faster': { does: 'makes shorter and shorter pauses between retries', fails: ['retry/backs-off'] },
  'ignores-retry-after': { does: 'does not look at Retry-After', fails: ['retry/honours-retry-after'] },
  'retries-outdated-content': {
    does: 'tries again what newer content has made outdated',
    fails: ['retry/newer-content-replaces-a-retry'],
  },
  'reads-answers-to-their-end': {
    does: 'reads an answer to a delivery however long it is',
    fails: ['retry/reads-little-of-an-answer'],
  },
  'retries-after-unsubscription': {
    does: 'goes on trying to deliver to whoever has unsubscribed',
    fails: ['retry/ends-with-an-unsubscription'],
  },
  'reflects-what-it-was-sent': {
    does: 'repeats what it was sent in an answer whose type a browser may guess',
    fails: ['security/errors-cannot-be-taken-for-pages'],
  },
  'tells-who-is-subscribed': {
    does: 'answers 404 where there is nothing to unsubscribe from',
    fails: ['security/tells-nobody-who-is-subscribed'],
  },
  'shows-its-subscriptions': {
    does: 'lists its subscriptions for everybody',
    fails: ['security/keeps-its-insides-to-itself'],
  },
  'hands-on-line-breaks': {
    does: 'takes line breaks in a callback, and writes them',
    fails: ['security/refuses-line-breaks-in-urls'],
  },
  'reads-requests-in-any-way': {
    does: 'takes a request with both Content-Length and Transfer-Encoding',
    fails: ['security/reads-requests-one-way'],
  },
  'calls-private-addresses': {
    does: 'calls private addresses though it is set not to',
    fails: ['security/calls-no-private-address'],
  },
  'knows-one-spelling-of-loopback': {
    does: 'knows 127.0.0.1 by no other spelling',
    fails: ['security/calls-no-private-address'],
  },
  'shows-subscribers-to-each-other': {
    does: 'tells each subscriber of the others',
    fails: ['security/shows-callbacks-to-nobody'],
  },
  'quotes-the-topic-in-a-denial': {
    does: 'quotes what the topic serves in a denial',
    fails: ['security/denials-quote-no-content'],
  },
  'drops-content-it-cannot-read': {
    does: 'does not deliver a feed that is not whole',
    fails: ['security/broken-content-stops-nothing'],
  },
  'trusts-any-certificate': {
    does: 'takes any certificate for good',
    fails: ['security/checks-certificates'],
  },
  'reads-one-request-at-a-time': {
    does: 'reads a request when the one before it has come whole',
    fails: ['security/slow-clients-delay-no-others'],
  },
} as const satisfies Readonly<Record<string, Fault>>

export type FaultName = keyof typeof faults
