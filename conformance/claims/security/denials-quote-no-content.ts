import { randomBytes } from 'node:crypto'
import { type Claim, expect } from '../../claim.ts'
import { expectDenied, namelessTopic, strictly } from '../../strict.ts'

export const claim: Claim = {
  rows: ['SEC-23'],
  level: 'hardening',
  section: '5.2',
  title: 'A denial quotes nothing of the topic: who asks may not be who can read it',
  sends: 'a subscription request for a topic that does not name the hub, which is refused for that',
  expects: 'a denial that holds nothing of what the topic served',
  presupposes: ['denial/is-no-ban'],
  knobs: ['strictHub'],
  async run(context) {
    const strict = strictly(context)
    const marker = randomBytes(12).toString('hex')
    const [topic, callback] = [namelessTopic(strict), strict.callback()]
    topic.content = `<!doctype html><title>${marker}</title><meta name="description" content="${marker}"><p>${marker}`
    await expectDenied(strict, topic, callback)
    for (const denial of callback.denials) {
      const found = decodeURIComponent(denial.query)
      expect(!found.includes(marker), { expected: 'nothing of the topic’s content', found }, denial)
    }
  },
}
