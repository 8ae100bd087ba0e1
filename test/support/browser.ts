import { existsSync } from 'node:fs'

/** A Chromium of this machine, or what BROWSER names; null: there is none, and what needs one is not tested. */
export function browserPath(): string | null {
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  return [process.env.BROWSER ?? '', ...known].find((path) => path !== '' && existsSync(path)) ?? null
}
