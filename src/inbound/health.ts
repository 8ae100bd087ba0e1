/** What keeps the hub from working, as text that names it; 503 then. A look that takes too long is a problem itself. */
export async function readiness(problems: () => Promise<readonly string[]>): Promise<Response> {
  const found = await Promise.race([problems().catch(unanswered), tooLate()])
  return Response.json(
    { ready: found.length === 0, problems: found },
    { status: found.length === 0 ? 200 : 503, headers: { 'Cache-Control': 'no-store' } },
  )
}

function unanswered(): readonly string[] {
  return ['The database does not answer.']
}

/** Whoever asks (a load balancer, an orchestrator) commonly waits no longer than this. */
const lookMsMax = 2000

async function tooLate(): Promise<readonly string[]> {
  await new Promise((resolve) => setTimeout(resolve, lookMsMax).unref())
  return [`The database did not answer within ${lookMsMax / 1000} s.`]
}
