import { type Claim, expect } from '../../claim.ts'
import { pageOf, partSubscribed } from '../../fragments.ts'
import { parameter } from '../../peers.ts'

export const claim: Claim = {
  rows: ['SF-15'],
  level: 'extension',
  section: 'Superfeedr',
  title: 'A fragment is echoed as it was given, and never sent to the page’s server',
  sends: 'a subscription to …#%2Eprice, and a ping of the page',
  expects:
    'hub.topic with that fragment, letter for letter, in the verification; a request-target without it in the fetch',
  presupposes: [
    'fetching/delivers-what-is-served',
    'publishing/takes-unknown-topics',
    'verification/echoes-the-topic-as-given',
    'validation/may-want-the-self-url',
  ],
  knobs: ['fragmentHub'],
  async run(context) {
    const hub = context.toward(context.knobs.fragmentHub ?? '')
    const page = context.topic({ content: pageOf('7.95', 'No news') })
    const { part, verification } = await partSubscribed(hub, page, '%2Eprice')
    const echoed = parameter(verification, 'hub.topic') ?? 'none'
    expect(echoed === part, { expected: `hub.topic ${part}`, found: echoed }, verification)
    await hub.publish(page, pageOf('9.95', 'Some news'))
    const fetch = await page.fetch()
    expect(!/#|%23|price/.test(fetch.target), { expected: 'a target without the fragment', found: fetch.target }, fetch)
  },
}
