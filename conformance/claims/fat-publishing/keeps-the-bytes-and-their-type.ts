import { expectSigned } from '../../checks.ts'
import { type Claim, expect } from '../../claim.ts'
import { meaningOf } from '../../content-types.ts'
import { handedOver } from '../../handing-over.ts'
import { headerLines } from '../../wire.ts'

const type = 'Application/Vnd.Example+json;Version=1; charset="utf-16"'
const body = Buffer.from('\ufeff { "a" :1.0,\r\n"é": "\\u00e9"}\n\0', 'utf16le')

export const claim: Claim = {
  rows: ['FAT-03'],
  level: 'MUST*',
  section: '7',
  title: 'Content that was handed over is delivered as it came: its bytes, its Content-Type, signed as ever',
  sends: `content in UTF-16 with Content-Type: ${type}, for a subscription with hub.secret`,
  expects: 'the same bytes, the same media type and parameters, and a signature over these bytes',
  presupposes: [
    'fat-publishing/is-delivered',
    'signing/verifies',
    'distribution/keeps-the-content-type',
    'signing/covers-the-bytes',
  ],
  knobs: ['publisherKey'],
  async run(context) {
    const { topic, callback } = await context.subscribed({ fields: { 'hub.secret': 'a secret' } })
    await handedOver(context, { topic, body, type })
    const delivery = await callback.delivery()
    const length = `${delivery.body.length} bytes that differ`
    expect(
      delivery.body.equals(body),
      { expected: `the ${body.length} bytes that were posted`, found: length },
      delivery,
    )
    const found = headerLines(delivery.headers, 'Content-Type').join(' and ')
    expect(meaningOf(found) === meaningOf(type), { expected: `Content-Type: ${type}`, found }, delivery)
    expectSigned(delivery, 'a secret', 'the secret')
  },
}
