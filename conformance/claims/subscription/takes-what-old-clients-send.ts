import type { Claim } from '../../claim.ts'

export const claim: Claim = {
  rows: ['SUB-37', 'PSH-01'],
  level: 'compat',
  section: '5.1',
  title: 'hub.verify and hub.verify_token of PubSubHubbub 0.3 break no subscription',
  sends:
    'subscription requests with hub.verify=sync and async both, with async, with an unknown word; a hub.verify_token',
  expects: 'a 2xx, then a verification of intent, each time',
  presupposes: ['subscription/is-verified'],
  async run({ subscribed }) {
    const old = [['sync', 'async'], ['async'], ['whenever']]
    await Promise.all(
      old.map((words) =>
        subscribed({
          fields: [
            ...words.map((word) => ['hub.verify', word] as const),
            ['hub.verify_token', 'subscribe-4711'] as const,
          ],
        }),
      ),
    )
  },
}
