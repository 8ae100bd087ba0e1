import { readConfig } from '../config.ts'
import { parkedRows, putBack } from '../db/parking.ts'
import { withAdminDatabase } from '../start/admin-database.ts'
import { type Command, parseWords, refuseWords, table } from './command.ts'

const listedMax = 200

export const parked: Command = {
  usage: 'parked [--put-back]',
  summary: 'lists what was set aside because it cannot be processed, or puts it back',
  help: `A row that meets an error of the hub's own again and again is set aside (the metric fanfare_parked_rows counts them), so that
it keeps nothing else from being done. The list says what and why; --put-back has all of it tried anew, after an
upgrade for instance. DATA_DIR or DATABASE_URL say which hub; it may run meanwhile.
`,
  async run(words, { environment, say }) {
    const { values, positionals } = parseWords(words, { 'put-back': { type: 'boolean' } })
    refuseWords(positionals, 'parked')
    const config = readConfig(environment)
    say(
      await withAdminDatabase(config, async ({ db }, now) =>
        values['put-back'] === true
          ? saidOf(await putBack(db, { now }))
          : listOf(await parkedRows(db, { limit: listedMax })),
      ),
    )
    return 0
  },
}

function saidOf(count: number): string {
  return count === 0 ? 'Nothing is set aside.\n' : `${count} put back; due now.\n`
}

function listOf(rows: Awaited<ReturnType<typeof parkedRows>>): string {
  if (rows.length === 0) return 'Nothing is set aside.\n'
  return table([
    ['since', 'what', 'topic', 'callback', 'why'],
    ...rows.map((row) => [
      `${row.parkedAt.toISOString().slice(0, 19)}Z`,
      `${row.table} ${row.id}`,
      row.topic,
      row.callback ?? '',
      row.why,
    ]),
  ])
}
