import type { Faults } from './fault.ts'

export const fragmentsFaults = {
  'delivers-pages-for-parts': {
    does: 'delivers the whole page to who subscribed to a part of it',
    fails: ['fragments/deliver-the-part'],
  },
  'minds-changes-beside-a-part': {
    does: 'delivers a part of a page whenever the page changes',
    fails: ['fragments/a-change-elsewhere-is-none'],
  },
  'echoes-the-page': {
    does: 'verifies a subscription to a part of a page without the fragment',
    fails: ['fragments/stay-with-the-hub'],
  },
  'takes-json-for-text': {
    does: 'delivers JSON whole to who subscribed to a part of it',
    fails: ['fragments/name-parts-of-json'],
  },
} as const satisfies Faults
