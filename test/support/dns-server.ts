import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIP } from 'node:net'

/** What a name leads to: its addresses, or `silent` for a server that drops the question. No entry is NXDOMAIN. */
export interface DnsRecord {
  readonly addresses: readonly string[]
  readonly ttl?: number
  /** Types that are never answered. */
  readonly silentFor?: readonly ('A' | 'AAAA')[]
}

export interface DnsServer {
  /** `127.0.0.1:port`, as `resolvers` takes it. */
  readonly address: string
  readonly records: Map<string, DnsRecord>
  /** Every question, as `A name`, in order. */
  readonly questions: string[]
  close(): Promise<void>
}

const types: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' }

/** A DNS server over UDP on loopback, just enough of RFC 1035 for A and AAAA. */
export async function startDnsServer(records: Readonly<Record<string, DnsRecord>> = {}): Promise<DnsServer> {
  const known = new Map(Object.entries(records))
  const questions: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query)
    questions.push(`${type ?? '?'} ${name}`)
    const record = known.get(name)
    if (type !== undefined && record?.silentFor?.includes(type)) return
    socket.send(answerTo(query, end, record, type), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    records: known,
    questions,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

function readQuestion(query: Buffer) {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: types[query.readUInt16BE(at + 1)], end: at + 5 }
}

function answerTo(query: Buffer, end: number, record: DnsRecord | undefined, type: 'A' | 'AAAA' | undefined): Buffer {
  const family = type === 'A' ? 4 : 6
  const answers = (record?.addresses ?? [])
    .filter((address) => isIP(address) === family)
    .map((address) => resourceRecord(address, record?.ttl ?? 60))
  const header = Buffer.from(query.subarray(0, 12))
  header.writeUInt16BE(record === undefined ? 0x8183 : 0x8180, 2)
  header.writeUInt16BE(answers.length, 6)
  header.writeUInt16BE(0, 8)
  header.writeUInt16BE(0, 10)
  return Buffer.concat([header, query.subarray(12, end), ...answers])
}

/** The name is a pointer to the question's; then type, class, lifetime, length, address. */
function resourceRecord(address: string, ttl: number): Buffer {
  const data = isIP(address) === 4 ? address.split('.').map(Number) : ipv6Bytes(address)
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(data.length === 4 ? 1 : 28, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(ttl, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, Buffer.from(data)])
}

function ipv6Bytes(address: string): number[] {
  const [left = '', right = ''] = address.split('::')
  const before = left === '' ? [] : left.split(':')
  const after = right === '' ? [] : right.split(':')
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return groups.flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 255]
  })
}
