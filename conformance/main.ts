import { loadClaims } from './claims.ts'
import { measure } from './measure.ts'
import { asksForHelp, help, readOptions, WrongOptions } from './options.ts'
import { NotStarted } from './own-hub.ts'
import { chooseClaims, namingNothing, type UncheckedRow, uncheckedRows } from './profiles.ts'
import { listClaims } from './report/list.ts'

// Node's own status would be 1, which says that a MUST failed.
process.once('uncaughtException', (error) =>
  process.exit(complain(`The suite has failed, which says nothing of the hub: ${error.stack ?? error.message}`)),
)
process.exitCode = await run(process.argv.slice(2))
// A hub's open connections shall not keep alive a run that is over.
setTimeout(() => process.exit(), 2000).unref()

async function run(words: readonly string[]): Promise<number> {
  try {
    if (asksForHelp(words)) return say(help())
    const options = readOptions(words)
    const claims = await loadClaims()
    const unknown = namingNothing(claims, options)
    if (unknown.length > 0)
      throw new WrongOptions(`No claim of profile ${options.profile} is named by ${unknown.join(', ')}.`)
    const chosen = chooseClaims(claims, options)
    const rows = uncheckedRows(options.only)
    if (options.list) return say(listClaims(chosen, rows))
    if (options.only.length > 0) for (const row of rows) complain(uncheckable(row))
    if (chosen.length === 0) return 2
    return await measure({ options, claims, chosen }, process)
  } catch (error) {
    if (error instanceof WrongOptions) return complain(`${error.message}\n--help tells what there is.`)
    if (error instanceof NotStarted) return complain(error.message)
    throw error
  }
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

function uncheckable({ row, why }: UncheckedRow): string {
  return `${row} cannot be checked from outside: ${why}.`
}

function complain(sentence: string): number {
  process.stderr.write(`${sentence}\n`)
  return 2
}
