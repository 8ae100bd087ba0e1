import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { isSuccess } from '../../asking.ts'
import { expectRefused } from '../../checks.ts'
import { type Claim, expect, skip } from '../../claim.ts'
import { selfSigned } from '../../self-signed.ts'

export const claim: Claim = {
  rows: ['SEC-05'],
  level: 'SHOULD',
  section: '8',
  title: 'Over https the hub calls nobody whose certificate it cannot check',
  sends: 'a subscription request whose callback is https, on a server with a certificate that is signed by itself',
  expects: 'a connection, and no request over it; or a 4xx',
  presupposes: ['subscription/takes-http-and-https', 'subscription/errors-are-the-clients'],
  async run({ subscribe, topic, callback, pass, timing }) {
    if (new URL(callback().url).hostname !== '127.0.0.1')
      skip('the suite is not on 127.0.0.1, where it can offer https')
    const targets: string[] = []
    const server = createServer(selfSigned, (request, response) => {
      targets.push(`${request.method} ${request.url}`)
      response.end(new URL(request.url ?? '', 'https://localhost/').searchParams.get('hub.challenge'))
    })
    try {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const called = once(server, 'connection').then(() => true)
      const { port } = server.address() as AddressInfo
      const answer = await subscribe(topic(), `https://127.0.0.1:${port}/callback`)
      if (!isSuccess(answer)) return void expectRefused(answer, 'an https callback on a port of its own')
      if (!(await Promise.race([called, pass(timing.verifyMs)]))) skip('it opens no connection to such a callback')
      await pass(timing.quietMs)
      const found = targets.join(', ')
      expect(targets.length === 0, { expected: 'no request to a server that anyone could have put there', found })
    } finally {
      server.close()
      server.closeAllConnections()
    }
  },
}
