import { expectRefused } from '../../checks.ts'
import type { Claim } from '../../claim.ts'
import { handOver } from '../../handing-over.ts'

const foreign = 'https://elsewhere.example/somebody-elses-feed'

export const claim: Claim = {
  rows: ['FAT-02'],
  level: 'hardening',
  section: '8',
  title: 'A key is for the topics of whom it was given to, and for no others',
  sends: `with a key for the suite’s own topics, content of ${foreign}`,
  expects: 'status 403, or another 4xx',
  presupposes: ['fat-publishing/needs-a-key'],
  knobs: ['publisherKey'],
  async run(context) {
    const answer = await handOver(context, { topic: foreign, body: 'Not mine to tell.' })
    expectRefused(answer, `content of ${foreign}, which a key for the suite’s own topics does not cover`)
  },
}
