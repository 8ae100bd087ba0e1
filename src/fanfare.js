#!/usr/bin/env node
// Runs on whatever Node the machine has, and starts the hub with the Node that the lock file pins.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node')
const main = fileURLToPath(new URL('main.ts', import.meta.url))
const hub = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })

// It has to outlive the hub. Ctrl-C reaches both from the terminal, a script's signal this one alone; twice at once is one wish.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => hub.kill(signal))
hub.once('error', (error) => {
  process.stderr.write(`The hub's own Node cannot be run (${error.message}): run npm ci again.\n`)
  process.exitCode = 1
})
hub.once('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
})
