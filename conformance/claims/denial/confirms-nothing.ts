import { expectNoDelivery } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { type Answerer, challengeOf } from '../../peers.ts'
import { expectDenied, nameHub, namelessTopic, strictly } from '../../strict.ts'

const answerers: Readonly<Record<string, Answerer>> = {
  'echoes what it is sent': (arrival) => ({ body: challengeOf(arrival) || arrival.query }),
  'answers 404': { status: 404 },
  'answers 500': { status: 500 },
  'never answers': { fault: 'hang' },
}

export const claim: Claim = {
  rows: ['DEN-03', 'DEN-11', 'DIST-14'],
  level: 'MUST*',
  section: '5.2',
  title: 'Nothing begins by a denial, whatever the callback answers to it',
  sends: `subscription requests for a topic that does not name the hub, which is refused for that; of the callbacks one ${Object.keys(answerers).join(', one ')}; then the topic names the hub; a ping`,
  expects: 'no delivery to any of them, while a subscriber that came later gets one',
  presupposes: ['denial/is-no-ban', 'publishing/is-delivered'],
  holds: true,
  knobs: ['strictHub'],
  async run(context) {
    const strict = strictly(context)
    const topic = namelessTopic(strict)
    const silent = Object.entries(answerers).map(([what, answerer]) => {
      const callback = strict.callback()
      callback.onDenial(answerer)
      return { callback, whom: `the denied callback that ${what}` }
    })
    await Promise.all(silent.map(({ callback }) => expectDenied(strict, topic, callback)))
    nameHub(topic, strict)
    await expectNoDelivery(strict, topic, silent)
  },
}
