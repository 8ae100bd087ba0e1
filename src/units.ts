/** A limited number of things per period; as many may come at once, then one each period / count (GCRA). */
export interface Rate {
  readonly count: number
  readonly periodMs: number
}

/** A length of time such as `15s` in milliseconds; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  const factor = durationUnits[unit ?? '']
  return factor === undefined ? undefined : Math.round(Number(amount) * factor)
}

/** Milliseconds in the largest unit that leaves no rest: `15s`. */
export function writtenDuration(ms: number): string {
  const [unit, factor] = Object.entries(durationUnits).findLast(([, each]) => ms % each === 0) ?? ['ms', 1]
  return `${ms / factor}${unit}`
}

const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A size such as `10MiB` in bytes; undefined where it is none. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+)\s*(KiB|MiB)?$/.exec(text) ?? []
  const factor = sizeUnits[unit]
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor
}

/** Bytes in the largest unit that leaves no rest: `10MiB`. */
export function writtenSize(bytes: number): string {
  const [unit, factor] = Object.entries(sizeUnits).findLast(([, each]) => bytes % each === 0) ?? ['', 1]
  return `${bytes / factor}${unit}`
}

const sizeUnits: Readonly<Record<string, number>> = { '': 1, KiB: 1024, MiB: 1024 ** 2 }

/** A rate such as `200/1s` or `200/s`; undefined where it is none. */
export function parseRate(text: string): Rate | undefined {
  const [, count, period = ''] = /^(\d+)\/(\S+)$/.exec(text) ?? []
  const periodMs = parseDuration(/^\d/.test(period) ? period : `1${period}`)
  if (count === undefined || periodMs === undefined || Number(count) === 0 || periodMs === 0) return undefined
  return { count: Number(count), periodMs }
}

export function writtenRate({ count, periodMs }: Rate): string {
  return `${count}/${writtenDuration(periodMs)}`
}
