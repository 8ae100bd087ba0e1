import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

const modes = ['foo', 'denied', 'SUBSCRIBES', 'subscribe ', '<script>']

export const claim: Claim = {
  rows: ['SUB-10'],
  level: 'MUST*',
  section: '5.1, 5.1.2',
  title: 'A hub.mode that does not exist is refused',
  sends: `otherwise valid requests with hub.mode ${modes.map((mode) => `'${mode}'`).join(', ')}`,
  expects: 'a 4xx each time',
  presupposes: ['subscription/refuses-requests-without-a-mode', 'subscription/errors-are-the-clients'],
  async run({ post, topic, callback }) {
    await Promise.all(
      modes.map(async (mode) => {
        const fields = { 'hub.mode': mode, 'hub.topic': topic().url, 'hub.callback': callback().url }
        expectRefused(await post(fields), `hub.mode=${mode}`)
      }),
    )
  },
}
