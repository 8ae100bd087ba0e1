import { type Claim, expect } from '../../claim.ts'
import { atomEntry, atomFeed } from '../../feeds.ts'

const tombstone = `<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="https://videos.example/one" when="2026-06-02T12:00:00+00:00"><link href="https://videos.example/one"/></at:deleted-entry>`

export const claim: Claim = {
  rows: ['DIFF-12'],
  level: 'compat',
  section: '7',
  title: 'at:deleted-entry is delivered: by it YouTube tells that a video is gone',
  sends: 'to a hub that reduces feeds, a feed with two entries, then with a third and an at:deleted-entry (RFC 6721)',
  expects: 'a second delivery with that element as it was served',
  presupposes: ['reduction/leaves-out-what-was-delivered'],
  knobs: ['reducingHub'],
  async run({ toward, knobs, topic }) {
    const { subscribed, publish } = toward(knobs.reducingHub ?? '')
    const { topic: feed, callback } = await subscribed({ topic: topic({ type: 'application/atom+xml' }) })
    const [a, b, c] = ['a', 'b', 'c'].map((name) => atomEntry({ name }))
    await publish(feed, atomFeed([a, b].map(String)))
    await callback.delivery()
    await publish(feed, atomFeed([tombstone, c, a, b].map(String)))
    const delivery = await callback.delivery()
    expect(delivery.text.includes(tombstone), { expected: tombstone, found: 'none' }, delivery)
  },
}
