import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createNames, isLocalhost, type NameSettings } from '../../src/outbound/names.ts'
import { type DnsRecord, startDnsServer } from '../support/dns-server.ts'

async function setup(
  t: TestContext,
  records: Readonly<Record<string, DnsRecord>>,
  settings: NameSettings & { readonly hosts?: string } = {},
) {
  const dns = await startDnsServer(records)
  const folder = await mkdtemp(join(tmpdir(), 'fanfare-names-'))
  const hostsFile = join(folder, 'hosts')
  await writeFile(hostsFile, settings.hosts ?? '')
  const clock = { ms: 0 }
  const names = createNames({
    resolvers: [dns.address],
    hostsFile,
    searchList: [],
    monotonicMs: () => clock.ms,
    ...settings,
  })
  t.after(async () => {
    names.close()
    await dns.close()
    await rm(folder, { recursive: true })
  })
  const addresses = async (name: string) => {
    const resolution = await names.resolve(name)
    return resolution.kind === 'addresses' ? resolution.addresses : resolution.why
  }
  return { dns, names, clock, addresses, hostsFile }
}

test('SEC-02: a name gives all its addresses, IPv4 first', async (t) => {
  const { addresses } = await setup(t, { 'a.test': { addresses: ['2001:db8::7', '192.0.2.7', '192.0.2.8'] } })
  assert.deepEqual([...(await addresses('a.test'))].sort(), ['192.0.2.7', '192.0.2.8', '2001:db8::7'])
  assert.match((await addresses('a.test'))[0] ?? '', /^192/)
})

test('SEC-10: a name that does not exist, and a server that does not answer, are told apart', async (t) => {
  const { addresses, dns } = await setup(t, {})
  assert.equal(await addresses('nowhere.test'), 'does not exist')
  await dns.close()
  dns.close = async () => undefined
  assert.match(String(await addresses('other.test')), /^could not be looked up \(\w+\)$/)
})

test('localhost and what is below it is loopback without a question (RFC 6761 §6.3)', async (t) => {
  const { addresses, dns } = await setup(t, { localhost: { addresses: ['192.0.2.1'] } })
  for (const name of ['localhost', 'hub.localhost', 'localhost.']) {
    assert.deepEqual(await addresses(name), ['127.0.0.1', '::1'])
  }
  assert.deepEqual(dns.questions, [])
  assert.equal(isLocalhost('localhost.example'), false)
  assert.equal(isLocalhost('notlocalhost'), false)
})

test('the hosts file comes before DNS, and a change of it is seen', async (t) => {
  const { addresses, dns, hostsFile, clock } = await setup(
    t,
    {},
    { hosts: '192.0.2.9 Box box.lan # mine\n::1 box\nrubbish' },
  )
  assert.deepEqual(await addresses('box'), ['192.0.2.9', '::1'])
  assert.deepEqual(await addresses('box.lan'), ['192.0.2.9'])
  assert.deepEqual(dns.questions, [])
  await writeFile(hostsFile, '192.0.2.10 box')
  clock.ms += 60_000
  assert.deepEqual(await addresses('box'), ['192.0.2.10'])
})

test('a short name is tried with the search list first, a dotted one by itself, an absolute one alone', async (t) => {
  const { addresses, dns } = await setup(
    t,
    { 'db.lan.test': { addresses: ['192.0.2.1'] }, 'a.b.lan.test': { addresses: ['192.0.2.2'] } },
    { searchList: ['wan.test', 'lan.test'] },
  )
  const asked = () =>
    dns.questions
      .splice(0)
      .filter((question) => question.startsWith('A '))
      .map((question) => question.slice(2))
  assert.deepEqual(await addresses('db'), ['192.0.2.1'])
  assert.deepEqual(asked(), ['db.wan.test', 'db.lan.test'])
  assert.deepEqual(await addresses('a.b'), ['192.0.2.2'])
  assert.deepEqual(asked(), ['a.b', 'a.b.wan.test', 'a.b.lan.test'])
  assert.equal(await addresses('db.'), 'does not exist')
  assert.deepEqual(asked(), ['db'])
})

test('SEC-02: records are kept as long as they live, between a second and a minute', async (t) => {
  const { addresses, dns, clock } = await setup(t, {
    'short.test': { addresses: ['192.0.2.1'], ttl: 0 },
    'five.test': { addresses: ['192.0.2.1'], ttl: 5 },
    'long.test': { addresses: ['192.0.2.1'], ttl: 86_400 },
  })
  const livesMs = async (name: string, keptMs: number) => {
    await addresses(name)
    dns.records.set(name, { addresses: ['192.0.2.2'] })
    clock.ms += keptMs - 1
    assert.deepEqual(await addresses(name), ['192.0.2.1'], `${name} is forgotten too early`)
    clock.ms += 1
    assert.deepEqual(await addresses(name), ['192.0.2.2'], `${name} is kept too long`)
  }
  await livesMs('short.test', 1000)
  await livesMs('five.test', 5000)
  await livesMs('long.test', 60_000)
})

test('SEC-08: look-ups of one name at the same time are one', async (t) => {
  const { addresses, dns } = await setup(t, { 'a.test': { addresses: ['192.0.2.1'] } })
  await Promise.all(Array.from({ length: 50 }, () => addresses('a.test')))
  assert.deepEqual(dns.questions.sort(), ['A a.test', 'AAAA a.test'])
})

test('SEC-10: a DNS server that drops one family’s question delays the other’s answer by half a second', async (t) => {
  const { addresses } = await setup(t, { 'a.test': { addresses: ['192.0.2.1'], silentFor: ['AAAA'] } })
  const began = performance.now()
  assert.deepEqual(await addresses('a.test'), ['192.0.2.1'])
  assert.ok(performance.now() - began < 2000, 'it waited for c-ares to give up')
})
