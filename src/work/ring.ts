import type { Bell } from './bell.ts'

/** What `ring.ts` needs of Postgres: a connection that listens, and a way to notify. */
export interface Wire {
  /** Calls back for every notification, through reconnects, until closed. */
  listen(channel: string, onNotification: (payload: string) => void): Promise<{ close(): Promise<void> }>
  notify(channel: string, payload: string): Promise<void>
}

/**
 * Carries rings between processes. Notifying inside the transaction serialises all commits of the database (15,200 a
 * second fell to 3,700), so rings go out after the commit, at most one NOTIFY per 10 ms whatever happened meanwhile.
 */
export async function connectBells(
  bell: Bell,
  wire: Wire,
  onError: (error: unknown) => void,
): Promise<{ close(): Promise<void> }> {
  const own = crypto.randomUUID()
  const rung = new Set<string>()
  let timer: NodeJS.Timeout | undefined

  async function notify(): Promise<void> {
    timer = undefined
    const payload = [own, ...rung].join(' ')
    rung.clear()
    await wire.notify(channel, payload).catch(onError)
  }

  bell.onRing((duty) => {
    rung.add(duty)
    timer ??= setTimeout(notify, coalesceMs)
  })
  const listening = await wire.listen(channel, (payload) => {
    const [sender, ...duties] = payload.split(' ')
    if (sender !== own) for (const duty of duties) bell.wake(duty)
  })
  return {
    async close() {
      bell.onRing(() => {})
      // What a stopping process let go of is for the others.
      clearTimeout(timer)
      if (timer !== undefined) await notify()
      await listening.close()
    },
  }
}

const channel = 'fanfare'
const coalesceMs = 10
