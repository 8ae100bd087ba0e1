import { readConfig } from '../config.ts'
import type { Db, Delivery } from '../db/schema.ts'
import { describePattern, parsePattern } from '../keys/pattern.ts'
import { createKey, listKeys, type PublisherKey, revokeKey } from '../keys/store.ts'
import { RequestRefused } from '../refusal.ts'
import { withAdminDatabase } from '../start/admin-database.ts'
import { type Command, parseWords, refuseWords, type Terminal, table, WrongUsage } from './command.ts'

export const key: Command = {
  usage: 'key create|list|revoke',
  summary: 'makes, shows and ends the keys with which publishers hand over content',
  help: `  fanfare key create --topic <pattern> [--delivery every|latest]
  fanfare key list
  fanfare key revoke <id>

Whoever has a key may POST the content of its topics to the hub, with the header Authorization: Bearer <key>.

  --topic https://example.org/feed      that topic alone
  --topic https://example.org/blog/*    everything beneath that path
  --topic https://example.org           the whole origin
  --delivery every     each publication to each subscriber, in turn: every one says something of its own
  --delivery latest    the newest is enough: each replaces what came before
  without --delivery   feeds (Atom, RSS, JSON Feed) as latest, everything else as every

A key is shown once, when it is made. A revoked one is refused from that moment on, by every hub of the database.
`,
  async run([verb, ...words], terminal) {
    switch (verb) {
      case 'create':
        return create(words, terminal)
      case 'list':
        return list(words, terminal)
      case 'revoke':
        return revoke(words, terminal)
      case undefined:
        throw new WrongUsage('What about keys? fanfare key create, key list or key revoke.')
      default:
        throw new WrongUsage(`'${verb}' is nothing that can be done with keys: create, list or revoke.`)
    }
  },
}

/** The key alone is what it prints, so that a script can take it. */
async function create(words: readonly string[], { environment, say, complain }: Terminal): Promise<number> {
  const { values, positionals } = parseWords(words, { topic: { type: 'string' }, delivery: { type: 'string' } })
  refuseWords(positionals, 'key create')
  const pattern = patternOf(values.topic)
  const delivery = deliveryOf(values.delivery)
  const { id, secret } = await withKeys(environment, (db, now) => createKey(db, { pattern, delivery, now }))
  complain(`Key ${id} may publish ${describePattern(pattern)}, delivered ${describeDelivery(delivery)}.
It is shown this once: the hub keeps only its hash. Send it as Authorization: Bearer, or put it into FANFARE_KEY.
`)
  say(`${secret}\n`)
  return 0
}

async function list(words: readonly string[], { environment, say }: Terminal): Promise<number> {
  refuseWords(words, 'key list')
  const keys = await withKeys(environment, (db) => listKeys(db))
  if (keys.length === 0) say('There are no keys yet; fanfare key create makes one.\n')
  else say(table([['ID', 'TOPICS', 'DELIVERY', 'MADE', 'STATE'], ...keys.map(row)]))
  return 0
}

async function revoke(words: readonly string[], { environment, say, complain }: Terminal): Promise<number> {
  const [text, ...more] = words
  if (text === undefined) throw new WrongUsage('Which key? fanfare key list shows their numbers.')
  refuseWords(more, 'key revoke <id>')
  const id = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
  if (id === null) throw new WrongUsage(`'${text}' is not the number of a key; fanfare key list shows them.`)
  const revoked = await withKeys(environment, (db, now) => revokeKey(db, id, { now }))
  if (revoked === null) {
    complain(`There is no key ${id}; fanfare key list shows which there are.`)
    return 1
  }
  const topics = describePattern(revoked.pattern)
  if (revoked.revokedAt === null) say(`Key ${id} is revoked: nobody publishes ${topics} with it any more.\n`)
  else say(`Key ${id} was revoked already, ${minute(revoked.revokedAt)}.\n`)
  return 0
}

function patternOf(text: string | undefined) {
  if (text === undefined || text === '') {
    throw new WrongUsage('--topic is missing: name what the key may publish, as --topic https://example.org/*')
  }
  try {
    return parsePattern(text, '--topic')
  } catch (error) {
    throw error instanceof RequestRefused ? new WrongUsage(error.message) : error
  }
}

function deliveryOf(text: string | undefined): Delivery | null {
  if (text === undefined) return null
  if (text === 'every' || text === 'latest') return text
  throw new WrongUsage(`--delivery must be every or latest, not '${text}'.`)
}

function withKeys<Result>(
  environment: Terminal['environment'],
  act: (db: Db, now: Date) => Promise<Result>,
): Promise<Result> {
  return withAdminDatabase(readConfig(environment), ({ db }, now) => act(db, now))
}

function row({ id, pattern, delivery, createdAt, revokedAt }: PublisherKey): readonly string[] {
  const state = revokedAt === null ? 'in force' : `revoked ${minute(revokedAt)}`
  return [String(id), describePattern(pattern), describeDelivery(delivery), minute(createdAt), state]
}

function describeDelivery(delivery: Delivery | null): string {
  return delivery ?? 'every (feeds: latest)'
}

function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
