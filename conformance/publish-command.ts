import { exec } from 'node:child_process'
import { promisify } from 'node:util'
import type { Answered } from './asking.ts'
import { Ended } from './claim.ts'
import type { Log } from './log.ts'

/**
 * Tells the hub that topics changed by the operator's own shell command, run for each with its URL as `$TOPIC`: how a hub is told is
 * left to it and its publishers (REC §6).
 *
 * @returns what stands for the answer to a ping
 * @throws {Ended} where the command fails
 */
export async function tellByCommand(command: string, topics: readonly string[], log: Log): Promise<Answered> {
  const start = `TOPIC='${topics.join(' ')}' ${command}`
  const exchange = log.note('publish command', 'suite', { start, headers: [], body: Buffer.alloc(0) })
  for (const topic of topics) {
    const failed = await promisify(exec)(command, { env: { ...process.env, TOPIC: topic } }).then(
      () => undefined,
      (error: Error) => error.message.trim(),
    )
    if (failed === undefined) continue
    exchange.answer = failed
    throw new Ended({ kind: 'fail', expected: 'the command of --publish to succeed', found: failed, wire: [exchange] })
  }
  exchange.answer = 'it succeeded'
  return { status: 204, headers: [], body: Buffer.alloc(0), text: '', tookMs: log.now() - exchange.atMs, exchange }
}
