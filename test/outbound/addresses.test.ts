import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AddressRules, createAddressGate, parseCidrs } from '../../src/outbound/addresses.ts'

const closed: AddressRules = {
  outboundAllow: [],
  outboundDeny: [],
  topicAllow: [],
  callbackAllow: [],
  loopbackAllowed: false,
}

const forbidden: readonly (readonly [reason: string, addresses: readonly string[]])[] = [
  ['a metadata service', ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254']],
  ['a loopback address', ['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1']],
  ['an unspecified address', ['0.0.0.0', '0.1.2.3', '::']],
  ['a private address', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fdff::1', 'fec0::1']],
  ['a link-local address', ['169.254.1.1', 'fe80::1', 'fe80::1%eth0', 'febf::1']],
  ['a carrier-grade NAT address', ['100.64.0.1', '100.127.255.255']],
  ['a multicast or broadcast address', ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1']],
  ['an IPv4 address in IPv6 clothing', ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:0:7f00:1', '::127.0.0.1']],
  ['a NAT64 address', ['64:ff9b::127.0.0.1', '64:ff9b::8.8.8.8', '64:ff9b:1::1']],
  ['a 6to4 address', ['2002:7f00:1::', '2002:808:808::1', '192.88.99.1']],
  ['a Teredo address', ['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2']],
  [
    'a documentation or benchmarking address',
    ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1', '3fff::1'],
  ],
  ['a reserved address', ['192.0.0.1', '240.0.0.1', '2001:10::1', '100::1', '5f00::1', '4000::1', '1::', 'fe00::1']],
]

for (const [reason, addresses] of forbidden) {
  test(`SEC-01: ${reason} is not dialled unless an operator opens it`, () => {
    const gate = createAddressGate(closed)
    for (const address of addresses) {
      assert.equal(gate(address, 'topic'), reason, address)
      assert.equal(gate(address, 'callback'), reason, address)
    }
  })
}

test('SEC-01: public addresses are dialled', () => {
  const gate = createAddressGate(closed)
  const edges = [
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '172.15.0.1',
  ]
  for (const address of [
    ...edges,
    '172.32.0.1',
    '169.253.0.1',
    '223.255.255.255',
    '8.8.8.8',
    '2606:4700::1111',
    '2a00::1',
  ]) {
    assert.equal(gate(address, 'callback'), undefined, address)
  }
})

test('SEC-03: an allow-list opens a range for topics, for callbacks, or for both', () => {
  const gate = createAddressGate({
    ...closed,
    outboundAllow: ['10.1.0.0/16'],
    topicAllow: ['10.2.0.0/16', 'fd00::/8'],
    callbackAllow: ['10.3.0.7'],
  })
  const open = (address: string) => [gate(address, 'topic') === undefined, gate(address, 'callback') === undefined]
  assert.deepEqual(open('10.1.2.3'), [true, true])
  assert.deepEqual(open('10.2.2.3'), [true, false])
  assert.deepEqual(open('fd00::1'), [true, false])
  assert.deepEqual(open('10.3.0.7'), [false, true])
  assert.deepEqual(open('10.3.0.8'), [false, false])
})

test('SEC-03: OUTBOUND_DENY closes public addresses too, and wins over every allow-list', () => {
  const gate = createAddressGate({ ...closed, outboundAllow: ['10.0.0.0/8'], outboundDeny: ['10.0.0.5', '8.8.8.0/24'] })
  assert.equal(gate('10.0.0.5', 'topic'), 'closed by OUTBOUND_DENY')
  assert.equal(gate('8.8.8.8', 'callback'), 'closed by OUTBOUND_DENY')
  assert.equal(gate('10.0.0.6', 'topic'), undefined)
})

test('SEC-01: an opened NAT64 prefix does not open what lies behind it', () => {
  const gate = createAddressGate({ ...closed, outboundAllow: ['64:ff9b::/96'], topicAllow: ['10.0.0.0/8'] })
  assert.equal(gate('64:ff9b::8.8.8.8', 'callback'), undefined)
  assert.equal(gate('64:ff9b::127.0.0.1', 'callback'), 'a loopback address')
  assert.equal(gate('64:ff9b::10.0.0.1', 'callback'), 'a private address')
  assert.equal(gate('64:ff9b::10.0.0.1', 'topic'), undefined)
})

test('SEC-01: a laptop’s hub may dial loopback, and nothing else that is private', () => {
  const gate = createAddressGate({ ...closed, loopbackAllowed: true })
  assert.equal(gate('127.0.0.1', 'callback'), undefined)
  assert.equal(gate('::1', 'topic'), undefined)
  assert.equal(gate('192.168.0.1', 'callback'), 'a private address')
})

test('SEC-03: ranges are read from text, and what is none is named', () => {
  assert.deepEqual(parseCidrs('10.0.0.0/8, 192.0.2.7\nfd00::/8,'), ['10.0.0.0/8', '192.0.2.7', 'fd00::/8'])
  for (const wrong of [
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0/8',
    'example.com',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '/8',
    'fe80::1%eth0',
  ]) {
    assert.throws(
      () => parseCidrs(`10.0.0.0/8,${wrong}`),
      new RegExp(`^Error: '${wrong}' is not an address range`),
      wrong,
    )
  }
})
