import { type Claim, expect } from '../../claim.ts'
import { handedOver, subscribedToKeyed } from '../../handing-over.ts'
import { headerValue } from '../../wire.ts'

export const claim: Claim = {
  rows: ['FAT-07'],
  level: 'extension',
  section: '6',
  title: 'Content that names its topic in the query is answered as Ballerina’s publishers expect: 200 and a form',
  sends: 'content to …?hub.mode=publish&hub.topic=…',
  expects: 'status 200, Content-Type: application/x-www-form-urlencoded, and the body hub.mode=accepted',
  presupposes: ['fat-publishing/may-name-the-topic-in-the-query'],
  knobs: ['publisherKey'],
  async run(context) {
    const { topic } = await subscribedToKeyed(context)
    const answer = await handedOver(context, { byQuery: topic, body: 'News.' })
    const type = headerValue(answer.headers, 'Content-Type') ?? ''
    const right =
      answer.status === 200 &&
      /^application\/x-www-form-urlencoded\b/i.test(type) &&
      new URLSearchParams(answer.text).get('hub.mode') === 'accepted'
    const found = `status ${answer.status}, ${type || 'no type'}, ${answer.text || 'no body'}`
    expect(right, { expected: 'status 200 and the form hub.mode=accepted', found }, answer)
  },
}
