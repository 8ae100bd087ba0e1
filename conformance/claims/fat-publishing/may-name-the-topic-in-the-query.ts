import type { Claim } from '../../claim.ts'
import { handedOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-01'],
  level: 'extension',
  section: '6',
  title: 'Content may name its topic in the query of the hub URL as well, as Ballerina’s publishers do',
  sends: 'content to …?hub.mode=publish&hub.topic=…, without a Link header',
  expects: 'a 2xx and a delivery',
  presupposes: ['fat-publishing/is-delivered'],
  knobs: ['publisherKey'],
  async run(context) {
    const { topic, callback } = await subscribedToKeyed(context, '/a%2Fb?c=d&e')
    await handedOver(context, { byQuery: topic, body: 'News.' })
    await callback.delivery()
  },
}
