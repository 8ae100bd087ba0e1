import type { PostgresDialectConfig } from 'kysely'
import pg from 'pg'

type KyselyPool = Exclude<PostgresDialectConfig['pool'], (...given: never) => unknown>
type KyselyClient = Awaited<ReturnType<KyselyPool['connect']>>

/**
 * The pool as Kysely is to use it. `pg` copies all parameters of a statement into one message before it sends that, so that content
 * would be in memory twice; here a statement with long bytes among its parameters sends them from where they lie.
 */
export function withLargeParameters(pool: pg.Pool): KyselyPool {
  const clients = new WeakMap<pg.PoolClient, KyselyClient>()
  return {
    options: pool.options,
    async connect() {
      const client = await pool.connect()
      const known = clients.get(client) ?? sendingLarge(client)
      clients.set(client, known)
      return known
    },
    end: () => pool.end(),
  }
}

function sendingLarge(client: pg.PoolClient): KyselyClient {
  const query = (text: string, parameters: readonly unknown[]) =>
    parameters.some(isLarge) && parameters.every(isPlain)
      ? queryLarge(client, text, parameters)
      : client.query(text, [...parameters])
  return { query: query as KyselyClient['query'], release: (destroy) => client.release(destroy) }
}

/** Below, a copy is cheaper than a write of its own. */
const largeBytesMin = 64 * 1024

type Plain = string | number | boolean | null | Buffer

function isLarge(parameter: unknown): boolean {
  return parameter instanceof Buffer && parameter.length >= largeBytesMin
}

function isPlain(parameter: unknown): parameter is Plain {
  return parameter === null || ['string', 'number', 'boolean'].includes(typeof parameter) || parameter instanceof Buffer
}

/** Everything but how it is sent is as in any other statement. */
function queryLarge(client: pg.PoolClient, text: string, parameters: readonly Plain[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const query = new pg.Query({ text })
    query.on('end', resolve)
    query.on('error', reject)
    query.submit = (connection) => submit(connection, text, parameters)
    client.query(query)
  })
}

/** An extended query of PostgreSQL's protocol, unnamed. Until its Sync is answered `pg` sends nothing else on the connection. */
function submit(connection: pg.Connection, text: string, parameters: readonly Plain[]): void {
  connection.parse({ name: '', text, types: [] }, true)
  writeEach(connection, bindMessage(parameters), () => {
    connection.describe({ type: 'P' }, true)
    connection.execute({}, true)
    connection.sync()
  })
}

/** Where Postgres asks for TLS, a copy is made of what is encrypted: of one slice then. */
const sliceBytes = 256 * 1024

/** Each when the one before has gone. What cannot be written is a connection that ended, of which the query hears by itself. */
function writeEach(connection: pg.Connection, [first, ...others]: readonly Buffer[], then: () => void): void {
  if (first === undefined) return void then()
  const rest = first.length > sliceBytes ? [first.subarray(sliceBytes), ...others] : others
  connection.stream.write(first.subarray(0, sliceBytes), (error) => {
    if (!error) writeEach(connection, rest, then)
  })
}

/** The message Bind, in the buffers it is made of: bytes are sent as bytes, all else as text; every column comes back as text. */
function bindMessage(parameters: readonly Plain[]): readonly Buffer[] {
  const values = parameters.map((parameter) =>
    parameter === null || parameter instanceof Buffer ? parameter : Buffer.from(String(parameter)),
  )
  const formats = parameters.map((parameter) => int16(parameter instanceof Buffer ? 1 : 0))
  const body = [
    Buffer.from('\0\0'), // The unnamed portal of the unnamed statement.
    ...[int16(formats.length), ...formats],
    ...[
      int16(values.length),
      ...values.flatMap((value) => (value === null ? [int32(-1)] : [int32(value.length), value])),
    ],
    int16(0),
  ]
  return joined([Buffer.from('B'), int32(4 + bytesOf(body)), ...body])
}

/** What is short is put together. */
function joined(buffers: readonly Buffer[]): readonly Buffer[] {
  const all: Buffer[] = []
  for (const buffer of buffers) {
    const last = all.at(-1)
    if (last === undefined || isLarge(last) || isLarge(buffer)) all.push(buffer)
    else all[all.length - 1] = Buffer.concat([last, buffer])
  }
  return all
}

function bytesOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((bytes, { length }) => bytes + length, 0)
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeInt16BE(value)
  return buffer
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}
