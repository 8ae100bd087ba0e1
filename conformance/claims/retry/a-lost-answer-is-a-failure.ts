import { type Claim, observed } from '../../claim.ts'
import { retry } from '../../retries.ts'
import { headerLines } from '../../wire.ts'

export const claim: Claim = {
  rows: ['RETRY-02', 'RETRY-13'],
  level: 'hardening',
  section: '7',
  title: 'A delivery whose connection ended before it was answered is tried again',
  sends: 'an update whose delivery is read, and its connection reset; then another update',
  expects: 'a second POST. Headers by which the subscriber can tell that it is the same delivery are noted',
  presupposes: ['retry/tries-again'],
  async run(context) {
    const { topic, callback } = await context.subscribed()
    callback.onDelivery((_, before) => (before === 0 ? { fault: 'reset' } : {}))
    await context.publish(topic)
    const first = await callback.delivery()
    const again = await retry(context, callback)
    await context.noted(again)
    await context.publish(topic)
    const other = await callback.delivery()
    const values = (name: string) => [first, again, other].map(({ headers }) => headerLines(headers, name).join())
    const names = first.headers
      .map(([name]) => name)
      .filter((name) => {
        const [one, two, three] = values(name)
        return one === two && one !== three && !/^(content-length|x-hub-signature)$|date|time/i.test(name)
      })
    return observed(names.length === 0 ? 'no header tells a repeat' : `a repeat has the same ${names.join(', ')}`)
  },
}
