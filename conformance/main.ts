import { loadClaims } from './claims.ts'
import { measure } from './measure.ts'
import { help, readOptions, WrongOptions } from './options.ts'
import { NotStarted } from './own-hub.ts'
import { chooseClaims } from './profiles.ts'
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
    const options = readOptions(words)
    if (options.help) return say(help())
    const claims = await loadClaims()
    const chosen = chooseClaims(claims, options)
    if (chosen.length === 0)
      throw new WrongOptions(`No claim of profile ${options.profile} is named by ${options.only.join(', ')}.`)
    if (options.list) return say(listClaims(chosen))
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

function complain(sentence: string): number {
  process.stderr.write(`${sentence}\n`)
  return 2
}
