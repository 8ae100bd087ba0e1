import { expectAccepted } from '../../checks.ts'
import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-11'],
  level: 'MUST*',
  section: '5.1.1',
  title: 'Topic and callback may each be http or https',
  sends: 'the four combinations; nothing answers at the https URLs, which the hub cannot know yet',
  expects: 'a 2xx each time',
  presupposes: ['subscription/is-verified', 'validation/answers-before-it-looks-at-the-topic'],
  async run({ subscribe, topic, callback }) {
    const secure = ({ url }: { readonly url: string }) => url.replace(/^http:/, 'https:')
    const plain = ({ url }: { readonly url: string }) => url.replace(/^https:/, 'http:')
    const pairs = [
      [plain(topic()), plain(callback())],
      [plain(topic()), secure(callback())],
      [secure(topic()), plain(callback())],
      [secure(topic()), secure(callback())],
    ] as const
    await Promise.all(
      pairs.map(async ([one, other]) =>
        expectAccepted(await subscribe(one, other), `the topic ${one} and the callback ${other}`),
      ),
    )
  },
}
