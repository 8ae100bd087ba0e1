import { readConfig } from '../config.ts'
import type { Db, Delivery, Right } from '../db/schema.ts'
import { describeBreadth, describePattern, parsePattern } from '../keys/pattern.ts'
import { createKey, listKeys, type PublisherKey, revokeKey } from '../keys/store.ts'
import {
  allRights,
  createSubscriberKey,
  listSubscriberKeys,
  loginPattern,
  revokeSubscriberKey,
  type SubscriberKey,
} from '../keys/subscriber-store.ts'
import { RequestRefused } from '../refusal.ts'
import { withAdminDatabase } from '../start/admin-database.ts'
import { type Command, parseWords, refuseWords, type Terminal, table, WrongUsage } from './command.ts'

export const key: Command = {
  usage: 'key create|list|revoke',
  summary: 'makes, shows and ends the keys of publishers and subscribers',
  help: `  fanfare key create --topic <pattern> [--delivery every|latest]
  fanfare key create --subscribe <login> [--rights subscribe,unsubscribe,list,retrieve]
  fanfare key list
  fanfare key revoke <id>

Whoever has a publisher's key may POST the content of its topics to the hub, with the header Authorization: Bearer <key>.

  --topic https://example.org/feed      that topic alone
  --topic https://example.org/blog/*    everything beneath that path
  --topic https://example.org           the whole origin, as https://example.org/ and https://example.org/*
  --delivery every     each publication to each subscriber, in turn: every one says something of its own
  --delivery latest    the newest is enough: each replaces what came before
  without --delivery   feeds (Atom, RSS, JSON Feed) as latest, everything else as every

Whoever has a subscriber's key is a user as Superfeedr knew them: Basic authentication with the login and, as the password,
the key. Without asking its callback it may have it subscribed to any topic, so give one to whom you trust. What was made with
one key of a login belongs to all keys of that login.

  --rights   what it may do, with commas between; all of these unless told: subscribe, unsubscribe, list,
             retrieve (and replay)

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
async function create(words: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseWords(words, createOptions)
  refuseWords(positionals, 'key create')
  const { topic, delivery, subscribe, rights } = values
  if (subscribe === undefined && rights === undefined) return createForPublisher({ topic, delivery }, terminal)
  if (topic === undefined && delivery === undefined) return createForSubscriber({ subscribe, rights }, terminal)
  throw new WrongUsage(
    'A key is for publishing (--topic, --delivery) or for subscribing (--subscribe, --rights): make two.',
  )
}

const createOptions = {
  topic: { type: 'string' },
  delivery: { type: 'string' },
  subscribe: { type: 'string' },
  rights: { type: 'string' },
} as const

async function createForPublisher(
  given: { readonly topic: string | undefined; readonly delivery: string | undefined },
  { environment, say, complain }: Terminal,
): Promise<number> {
  const pattern = patternOf(given.topic)
  const delivery = deliveryOf(given.delivery)
  const { id, secret } = await withKeys(environment, (db, now) => createKey(db, { pattern, delivery, now }))
  complain(`Key ${id} may publish ${describePattern(pattern)}: ${describeBreadth(pattern)}, delivered ${describeDelivery(delivery)}.
It is shown this once: the hub keeps only its hash. Send it as Authorization: Bearer, or put it into FANFARE_KEY.
`)
  say(`${secret}\n`)
  return 0
}

async function createForSubscriber(
  given: { readonly subscribe: string | undefined; readonly rights: string | undefined },
  { environment, say, complain }: Terminal,
): Promise<number> {
  const login = loginOf(given.subscribe)
  const rights = rightsOf(given.rights)
  const { id, secret } = await withKeys(environment, (db, now) => createSubscriberKey(db, { login, rights, now }))
  complain(`Key ${id} may ${rights.join(', ')} as ${login}.
It is shown this once: the hub keeps only its hash. It is the password of Basic authentication: curl -u ${login}:<key>
`)
  say(`${secret}\n`)
  return 0
}

async function list(words: readonly string[], { environment, say }: Terminal): Promise<number> {
  refuseWords(words, 'key list')
  const { publishers, subscribers } = await withKeys(environment, async (db) => ({
    publishers: await listKeys(db),
    subscribers: await listSubscriberKeys(db),
  }))
  const tables = [
    [['ID', 'TOPICS', 'DELIVERY', 'MADE', 'STATE'], ...publishers.map(publisherRow)],
    [['ID', 'LOGIN', 'RIGHTS', 'MADE', 'STATE'], ...subscribers.map(subscriberRow)],
  ].filter((rows) => rows.length > 1)
  say(tables.length === 0 ? 'There are no keys yet; fanfare key create makes one.\n' : tables.map(table).join('\n'))
  return 0
}

async function revoke(words: readonly string[], { environment, say, complain }: Terminal): Promise<number> {
  const [text, ...more] = words
  if (text === undefined) throw new WrongUsage('Which key? fanfare key list shows their numbers.')
  refuseWords(more, 'key revoke <id>')
  const id = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null
  if (id === null) throw new WrongUsage(`'${text}' is not the number of a key; fanfare key list shows them.`)
  const revoked = await withKeys(environment, (db, now) => revokeAny(db, id, now))
  if (revoked === null) {
    complain(`There is no key ${id}; fanfare key list shows which there are.`)
    return 1
  }
  const { what, revokedAt } = revoked
  if (revokedAt === null) say(`Key ${id} is revoked: nobody ${what} with it any more.\n`)
  else say(`Key ${id} was revoked already, ${minute(revokedAt)}.\n`)
  return 0
}

/** @returns what it was for, and since when it had not been any more; null: there is none */
async function revokeAny(db: Db, id: number, now: Date) {
  const publisher = await revokeKey(db, id, { now })
  if (publisher !== null) {
    return { what: `publishes ${describePattern(publisher.pattern)}`, revokedAt: publisher.revokedAt }
  }
  const subscriber = await revokeSubscriberKey(db, id, { now })
  return subscriber && { what: `subscribes as ${subscriber.login}`, revokedAt: subscriber.revokedAt }
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

function loginOf(text: string | undefined): string {
  if (text !== undefined && loginPattern.test(text)) return text
  throw new WrongUsage('--subscribe must name a login: 1 to 64 letters, digits, dots, dashes and underscores.')
}

function rightsOf(text: string | undefined): readonly Right[] {
  const words = text === undefined ? allRights : text.split(',').map((word) => word.trim())
  const rights = allRights.filter((right) => words.includes(right))
  const unknown = words.find((word) => !allRights.some((right) => right === word))
  if (unknown === undefined) return rights
  throw new WrongUsage(`--rights must be some of ${allRights.join(',')}, not '${unknown}'.`)
}

function withKeys<Result>(
  environment: Terminal['environment'],
  act: (db: Db, now: Date) => Promise<Result>,
): Promise<Result> {
  return withAdminDatabase(readConfig(environment), ({ db }, now) => act(db, now))
}

function publisherRow({ id, pattern, delivery, createdAt, revokedAt }: PublisherKey): readonly string[] {
  return [String(id), describePattern(pattern), describeDelivery(delivery), minute(createdAt), stateOf(revokedAt)]
}

function subscriberRow({ id, login, rights, createdAt, revokedAt }: SubscriberKey): readonly string[] {
  return [String(id), login, rights.join(','), minute(createdAt), stateOf(revokedAt)]
}

function stateOf(revokedAt: Date | null): string {
  return revokedAt === null ? 'in force' : `revoked ${minute(revokedAt)}`
}

function describeDelivery(delivery: Delivery | null): string {
  return delivery ?? 'every (feeds: latest)'
}

function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
