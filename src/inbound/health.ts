import { inTime } from './in-time.ts'

/** Whether the hub does its work, and if not, what keeps it, a sentence each; 503 then. */
export async function readiness(problems: () => Promise<readonly string[]>, lookMs: number): Promise<Response> {
  const found = await inTime(lookMs, problems()).catch(() => ['The database does not answer.'])
  return Response.json(
    { ready: found.length === 0, problems: found },
    { status: found.length === 0 ? 200 : 503, headers: { 'Cache-Control': 'no-store' } },
  )
}
