import { encodeForm, formType } from '../../asking.ts'
import { expectAccepted } from '../../checks.ts'
import { type Claim, skip } from '../../claim.ts'

export const claim: Claim = {
  rows: ['PSH-13'],
  level: 'compat',
  section: '5.1',
  title: 'Where a hub answers at /subscribe and /publish, it does there what it does at its own URL',
  sends: 'a subscription request to …/subscribe, as to YouTube’s hub; a ping to …/publish, as many scripts do',
  expects: 'a verification and a delivery; a hub without these paths answers 404 or 405',
  presupposes: ['publishing/is-delivered'],
  pings: true,
  async run({ hub, send, topic, callback, noted, pingName }) {
    const [publisher, subscriber] = [topic(), callback()]
    const post = (door: string, fields: Readonly<Record<string, string>>) =>
      send({ what: door, url: besides(hub, door), headers: [formType], body: encodeForm(fields) })
    const asked = await post('subscribe', {
      'hub.mode': 'subscribe',
      'hub.topic': publisher.url,
      'hub.callback': subscriber.url,
    })
    if (asked.status === 404 || asked.status === 405) skip(`it has no ${besides(hub, 'subscribe')}`)
    expectAccepted(asked, 'a subscription request at /subscribe')
    await noted(await subscriber.verification())
    publisher.content = 'Something new.'
    const pinged = await post('publish', { 'hub.mode': 'publish', [await pingName()]: publisher.url })
    expectAccepted(pinged, 'a ping at /publish')
    await subscriber.delivery()
  },
}

function besides(hub: string, door: string): string {
  const url = new URL(hub)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${door}`
  return url.href
}
