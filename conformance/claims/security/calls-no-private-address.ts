import { isSuccess } from '../../asking.ts'
import { expectRefused } from '../../checks.ts'
import { type Claim, expect, skip } from '../../claim.ts'

const hosts = ['127.0.0.1', 'localhost', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '0.0.0.0', '[::ffff:127.0.0.1]']

export const claim: Claim = {
  rows: ['SEC-01'],
  level: 'hardening',
  section: '8',
  title: 'A hub on the Internet calls no loopback address, however it is written: there are its own machine’s services',
  sends: `to the hub that is set to call no private address, subscription requests whose callbacks are at ${hosts.join(', ')}, and pings for topics there`,
  expects: 'a 2xx or a 4xx; no request to any of them',
  presupposes: ['subscription/errors-are-the-clients', 'publishing/is-delivered'],
  knobs: ['publicHub'],
  async run(context) {
    const { subscribe, ping, topic, callback, pass, timing } = context.toward(context.knobs.publicHub ?? '')
    if (new URL(callback().url).hostname !== '127.0.0.1') skip('the suite is not on 127.0.0.1 itself')
    const peers = hosts.map((host) => ({ host, topic: topic(), callback: callback() }))
    await Promise.all(
      peers.map(async (peer) => {
        const at = (url: string) => url.replace('//127.0.0.1', `//${peer.host}`)
        const answers = [
          await subscribe('https://topic.example/', at(peer.callback.url)),
          await ping(at(peer.topic.url)),
        ]
        for (const answer of answers) if (!isSuccess(answer)) expectRefused(answer, `a URL at ${peer.host}`)
      }),
    )
    await pass(timing.quietMs)
    for (const { host, topic, callback } of peers) {
      const [request] = [...callback.requests, ...topic.requests]
      const found = `a ${request?.exchange.what}`
      expect(request === undefined, { expected: `no request to ${host}`, found }, ...(request ? [request] : []))
    }
  },
}
