import { formType } from '../../asking.ts'
import { type Claim, expect } from '../../claim.ts'
import { handedOver, subscribedToKeyed } from '../../handing-over.ts'

export const claim: Claim = {
  rows: ['FAT-05'],
  level: 'extension',
  section: '6',
  title: 'A form is content where the query says so, or a Ballerina publisher does with a header of its own',
  sends: 'a form with hub.mode=publish and the topic in the query; one with x-ballerina-publisher: publish as well',
  expects: 'deliveries of the forms themselves',
  presupposes: ['fat-publishing/may-name-the-topic-in-the-query'],
  knobs: ['publisherKey'],
  async run(context) {
    const ways = [[], [['x-ballerina-publisher', 'publish']]] as const
    await Promise.all(
      ways.map(async (headers, at) => {
        const { topic, callback } = await subscribedToKeyed(context)
        const body = `colour=blue&size=${at}`
        await handedOver(context, { byQuery: topic, body, type: formType[1], headers })
        const delivery = await callback.delivery()
        expect(delivery.text === body, { expected: body, found: delivery.text }, delivery)
      }),
    )
  },
}
