import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientAddressBehind } from '../../src/inbound/client-address.ts'
import { startInbound, subscription } from './setup.ts'

const proxies = ['10.0.0.0/8', 'fd00::/8', '127.0.0.1']

interface Case {
  readonly from: string
  readonly forwardedFor?: string
  readonly forwarded?: string
  readonly client: string
}

const cases: readonly Case[] = [
  { from: '203.0.113.7', client: '203.0.113.7' },
  { from: '::ffff:203.0.113.7', client: '203.0.113.7' },
  { from: '203.0.113.7', forwardedFor: '198.51.100.1', client: '203.0.113.7' },
  { from: '10.0.0.1', forwardedFor: '198.51.100.1', client: '198.51.100.1' },
  { from: '10.0.0.1', forwardedFor: '1.2.3.4, 198.51.100.1', client: '198.51.100.1' },
  { from: '10.0.0.1', forwardedFor: '1.2.3.4, 198.51.100.1,10.9.9.9', client: '198.51.100.1' },
  { from: '10.0.0.1', forwardedFor: '198.51.100.1:4711', client: '198.51.100.1' },
  { from: '10.0.0.1', forwardedFor: 'unknown', client: '10.0.0.1' },
  { from: '10.0.0.1', forwardedFor: '1.2.3.4, nonsense, 10.0.0.2', client: '10.0.0.2' },
  { from: '10.0.0.1', forwardedFor: '', client: '10.0.0.1' },
  { from: '10.0.0.1', forwarded: 'for=198.51.100.1;proto=https', client: '198.51.100.1' },
  { from: '10.0.0.1', forwarded: 'proto=https;For="[2001:db8:1:2::3]:4711"', client: '2001:db8:1:2::/64' },
  { from: '10.0.0.1', forwarded: 'for=1.2.3.4, for=_hidden', client: '10.0.0.1' },
  { from: '10.0.0.1', forwardedFor: '198.51.100.1', forwarded: 'for=1.2.3.4', client: '198.51.100.1' },
  { from: 'fd00::1', forwardedFor: '[2001:DB8::1]', client: '2001:db8:0:0::/64' },
  { from: '2001:db8:0:0:ffff:1:2:3', client: '2001:db8:0:0::/64' },
  { from: 'fe80::1%eth0', client: 'fe80:0:0:0::/64' },
]

for (const { from, forwardedFor, forwarded, client } of cases) {
  test(`the client is ${client} when ${from} connects and says ${forwardedFor ?? forwarded ?? 'nothing'}`, () => {
    const headers = {
      ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
      ...(forwarded === undefined ? {} : { forwarded }),
    }
    assert.equal(clientAddressBehind(proxies)({ remoteAddress: from, headers }), client)
  })
}

test('SUB-30: behind a trusted proxy each client has a rate of its own; a stranger cannot give itself another', async (t) => {
  const now = new Date('2026-11-21T12:00:00Z')
  for (const [trusted, statuses] of [
    ['127.0.0.1', [202, 202]],
    ['10.0.0.1', [202, 429]],
  ] as const) {
    const environment = { RATE_SUBSCRIBE: '1/60s', TRUSTED_PROXIES: trusted }
    const inbound = await startInbound(t, { environment, now: () => now })
    const first = await inbound.post(subscription, { headers: { 'X-Forwarded-For': '198.51.100.1' } })
    const second = await inbound.post(subscription, { headers: { 'X-Forwarded-For': '198.51.100.2' } })
    assert.deepEqual([first.status, second.status], statuses)
  }
})
