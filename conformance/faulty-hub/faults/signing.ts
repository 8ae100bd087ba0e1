import type { Faults } from './fault.ts'

export const signingFaults = {
  'never-signs': { does: 'never signs', fails: ['signing/verifies'] },
  'signs-the-first-delivery-only': {
    does: 'signs what a subscription gets first and nothing later',
    fails: ['signing/is-on-every-delivery'],
  },
  'signs-without-secret': { does: 'signs where no secret was given', fails: ['signing/only-with-a-secret'] },
  'signs-with-wrong-key': { does: 'signs with something other than the secret', fails: ['signing/verifies'] },
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
  'keeps-64-bytes-of-a-secret': {
    does: 'keeps no more of a secret than 64 bytes',
    fails: ['signing/takes-the-whole-secret'],
  },
  'trims-secrets': { does: 'cuts blanks off the ends of a secret', fails: ['signing/decodes-the-secret'] },
} as const satisfies Faults
