import type { Right } from '../../src/db/schema.ts'
import { allRights, createSubscriberKey } from '../../src/keys/subscriber-store.ts'
import type { ListedSubscription } from '../../src/superfeedr/list.ts'
import type { WholeHub } from './hub.ts'

/** A former user of Superfeedr, who knows its verbs and shows a key. */
export interface KeyedUser {
  readonly login: string
  readonly secret: string
  /** What Basic credentials are. */
  readonly credentials: string
  post(fields: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Response>
  get(fields: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>): Promise<Response>
  subscribe(topic: string, callback: string, fields?: Readonly<Record<string, string>>): Promise<Response>
}

export async function keyedUser(
  { url, database, world }: Pick<WholeHub, 'url' | 'database' | 'world'>,
  { login = 'alice', rights = allRights }: { readonly login?: string; readonly rights?: readonly Right[] } = {},
): Promise<KeyedUser> {
  const { secret } = await createSubscriberKey(database.db, { login, rights, now: world.now() })
  const credentials = Buffer.from(`${login}:${secret}`).toString('base64')
  const authorization = { Authorization: `Basic ${credentials}` }
  const post: KeyedUser['post'] = (fields, headers = {}) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers: { ...authorization, ...headers } })
  return {
    login,
    secret,
    credentials,
    post,
    get: (fields, headers = {}) =>
      fetch(`${url}?${new URLSearchParams(fields)}`, { headers: { ...authorization, ...headers } }),
    subscribe: (topic, callback, fields = {}) =>
      post({ 'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.callback': callback, ...fields }),
  }
}

/** Entries in the JSON form, as far as tests look at them. */
export interface JsonEntries {
  readonly status: { readonly feed: string; readonly title: string }
  readonly items: readonly { readonly id: string; readonly title: string; readonly content?: string }[]
}

export async function entriesIn(answer: Response): Promise<JsonEntries> {
  return (await answer.json()) as JsonEntries
}

export async function idsIn(answer: Response): Promise<readonly string[]> {
  return (await entriesIn(answer)).items.map(({ id }) => id)
}

export async function listedIn(answer: Response): Promise<readonly ListedSubscription[]> {
  return (await answer.json()) as readonly ListedSubscription[]
}
