import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from './command.ts'

export const conformance: Command = {
  usage: 'conformance [--hub <url>]',
  summary: 'measures any WebSub hub, this one if none is named',
  help: '',
  passesHelpOn: true,
  async run(words) {
    const main = fileURLToPath(new URL(`../../conformance/main${extname(import.meta.url)}`, import.meta.url))
    const suite = spawn(process.execPath, [main, ...words], { stdio: 'inherit' })
    // Ctrl-C reaches the suite from the terminal; this only has to outlive it.
    process.on('SIGINT', () => {}).on('SIGTERM', () => suite.kill('SIGTERM'))
    const [code] = await once(suite, 'exit')
    return typeof code === 'number' ? code : 2
  },
}
