import { isSuccess } from '../../asking.ts'
import { expectRefused } from '../../checks.ts'
import { type Claim, observed } from '../../claim.ts'

const boundary = 'a-boundary-between-fields'

export const claim: Claim = {
  rows: ['SUB-36'],
  level: 'compat',
  section: '5.1',
  title: 'A request as multipart/form-data, which some PHP clients send, is taken or refused in order',
  sends: 'the three required parameters as multipart/form-data',
  expects: 'a 2xx and a verification of intent, or a 4xx',
  presupposes: ['subscription/is-verified', 'subscription/errors-are-the-clients'],
  async run({ send, topic, callback }) {
    const subscriber = callback()
    const fields = { 'hub.mode': 'subscribe', 'hub.topic': topic().url, 'hub.callback': subscriber.url }
    const headers = [['Content-Type', `multipart/form-data; boundary=${boundary}`]] as const
    const answer = await send({ what: 'subscribe', headers, body: multipart(fields) })
    if (!isSuccess(answer)) {
      expectRefused(answer, 'multipart/form-data')
      return observed(`it refuses multipart/form-data with ${answer.status}`)
    }
    await subscriber.verification()
    return observed('it takes multipart/form-data')
  },
}

function multipart(fields: Readonly<Record<string, string>>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return `${parts.join('')}--${boundary}--\r\n`
}
