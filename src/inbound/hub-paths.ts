import type { Config } from '../config.ts'

/**
 * Tells whether a path is the hub's: that of HUB_URL, of its aliases (MIG-11) or `/`, each also with `subscribe` or
 * `publish` behind it, as clients of other hubs post (PSH-13). A slash at the end makes no difference.
 */
export function hubPaths(config: Config): (path: string) => boolean {
  return pathsAt(config, ['', '/subscribe', '/publish'])
}

/** `stream` behind any of the same bases. */
export function streamPaths(config: Config): (path: string) => boolean {
  return pathsAt(config, ['/stream'])
}

function pathsAt({ HUB_URL, HUB_URL_ALIASES }: Config, names: readonly string[]): (path: string) => boolean {
  const bases = [HUB_URL, ...HUB_URL_ALIASES].map((url) => withoutSlash(new URL(url).pathname))
  const paths = new Set(['', ...bases].flatMap((base) => names.map((name) => `${base}${name}`)))
  return (path) => paths.has(withoutSlash(path))
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}
