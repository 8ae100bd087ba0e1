/** Took longer than its client would wait; what it was may still come to pass. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong'
}

/** @throws {TookTooLong} if the value is not there in time; what becomes of it later is of no more interest */
export async function inTime<Value>(ms: number, value: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TookTooLong(`It took longer than ${ms} ms.`)), ms)
  })
  return Promise.race([value, late]).finally(() => clearTimeout(timer))
}
