import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { expect, type NamedClaim, observed, skip } from '../../conformance/claim.ts'
import { createClient } from '../../conformance/client.ts'
import { worldClock } from '../../conformance/clock.ts'
import { quickStage } from '../../conformance/faulty-hub/stage.ts'
import { startHub } from '../../conformance/faulty-hub.ts'
import type { Stage } from '../../conformance/open-context.ts'
import { type Result, runClaims } from '../../conformance/run.ts'
import { sitesByPort } from '../../conformance/sites.ts'

const hub = await startHub()
const client = createClient()
const stage: Stage = { ...quickStage, clock: worldClock, hub: hub.url, sites: sitesByPort('127.0.0.1'), client }

after(async () => {
  client.close()
  await hub.close()
})

test('what presupposes a claim that failed is skipped and names the cause, and so on down', async () => {
  const root = claim('a/root', {
    run: async () => {
      expect(false, { expected: 'rain', found: 'sun' })
    },
  })
  const next = claim('a/next', { presupposes: ['a/root'] })
  const last = claim('a/last', { presupposes: ['a/next'] })
  assert.deepEqual(await verdicts([root, next, last]), {
    'a/root': 'fail: expected rain; found sun',
    'a/next': 'skipped: presupposes a/root, which failed',
    'a/last': 'skipped: presupposes a/next, which was skipped',
  })
})

test('a claim that is run alone has no other beside it, not of those either that it presupposes', async () => {
  let running = 0
  const counted = (name: string, more: Partial<NamedClaim>) =>
    claim(name, {
      ...more,
      async run({ settle }) {
        const before = running++
        await settle()
        running--
        return observed(`${before}`)
      },
    })
  const first = counted('a/first', { alone: true })
  const plain = counted('a/plain', {})
  const last = counted('a/last', { alone: true, presupposes: ['a/first', 'a/plain'] })
  const results = await runClaims(stage, { claims: [first, plain, last], chosen: [last], atOnce: 8 })
  assert.deepEqual(results.map(told), ['observed: 0', 'observed: 0', 'observed: 0'])
})

test('a claim presupposed by a chosen one is run, and told apart from the chosen', async () => {
  const root = claim('a/root', {})
  const next = claim('a/next', { presupposes: ['a/root'] })
  const results = await runClaims(stage, { claims: [root, next], chosen: [next], atOnce: 1 })
  assert.deepEqual(
    results.map((result) => [result.claim.name, result.chosen]),
    [
      ['a/root', false],
      ['a/next', true],
    ],
  )
})

test('what a hub may choose is observed, what it does not offer skipped, what the suite gets wrong is not held against it', async () => {
  const seen = claim('a/seen', { run: async () => observed('sha256') })
  const unoffered = claim('a/unoffered', { run: async () => skip('it does not retry') })
  const untold = claim('a/untold', { knobs: ['closedHub'] })
  const mistaken = claim('a/mistaken', { run: () => Promise.reject(new Error('a slip')) })
  const found = await verdicts([seen, unoffered, untold, mistaken])
  assert.equal(found['a/seen'], 'observed: sha256')
  assert.equal(found['a/unoffered'], 'skipped: it does not retry')
  assert.equal(found['a/untold'], 'skipped: needs --closed-hub: the same hub, set to refuse every topic')
  assert.match(found['a/mistaken'] ?? '', /^broken: Error: a slip/)
})

test('what did not come is told with what came instead, and by its URL where the claim has several like it', async () => {
  const quick = { ...stage, timing: { ...stage.timing, deliveryMs: 20 } }
  const waits = (count: number) =>
    claim('a/waits', {
      run: async ({ subscribed, callback }) => {
        for (let more = 1; more < count; more++) callback()
        await (await subscribed()).callback.delivery()
        return undefined
      },
    })
  const failures = await Promise.all(
    [waits(1), waits(2)].map((each) => runClaims(quick, { claims: [each], chosen: [each], atOnce: 1 })),
  )
  const [alone = '', beside = ''] = failures.flat().map(told)
  assert.equal(alone, 'fail: expected a delivery at the callback within 0.02 s; found only 1 verification')
  assert.match(beside, /expected a delivery at the callback http\S+\/c\d+ within 0\.02 s; found only 1 verification$/)
})

test('a claim that finds no end fails after its time', async () => {
  const endless = claim('a/endless', { run: () => new Promise<undefined>(() => {}) })
  const quick = { ...stage, timing: { ...stage.timing, claimMs: 20 } }
  const [result] = await runClaims(quick, { claims: [endless], chosen: [endless], atOnce: 1 })
  assert.ok(result)
  assert.equal(told(result), 'fail: expected an end; found none after 0.02 s')
})

test('what was waited for in vain is tried again, and what presupposes it; what was seen to be wrong is not', async () => {
  const tries: string[] = []
  const waits: number[] = []
  const late = claim('a/late', {
    run: async ({ until, timing }) => {
      tries.push('late')
      waits.push(timing.verifyMs, timing.deliveryMs)
      await until(() => tries.filter((name) => name === 'late').length > 1, { expected: 'a sign', withinMs: 1 })
    },
  })
  const wrong = claim('a/wrong', {
    run: async () => {
      tries.push('wrong')
      expect(false, { expected: 'rain', found: 'sun' })
    },
  })
  const next = claim('a/next', { presupposes: ['a/late'] })
  const last = claim('a/last', { presupposes: ['a/next', 'a/wrong'] })
  const claims = [late, wrong, next, last]
  assert.deepEqual(await verdicts(claims, { atOnceAgain: 2 }), {
    'a/late': 'pass',
    'a/wrong': 'fail: expected rain; found sun',
    'a/next': 'pass',
    'a/last': 'skipped: presupposes a/wrong, which failed',
  })
  assert.deepEqual(tries.toSorted(), ['late', 'late', 'wrong'])
  const { verifyMs, deliveryMs } = stage.timing
  assert.deepEqual(waits, [verifyMs, deliveryMs, 2 * verifyMs, 2 * deliveryMs])
})

test('when tried again, a claim that holds requests of the hub has the hub for itself', async () => {
  const running = new Set<string>()
  const beside: string[] = []
  const seen = new Set<string>()
  const inVainAtFirst = (name: string, more: Partial<NamedClaim> = {}) =>
    claim(name, {
      ...more,
      run: async ({ until, pass }) => {
        const isFirst = !seen.has(name)
        seen.add(name)
        if (isFirst) await until(() => false, { expected: 'a sign', withinMs: 1 })
        running.add(name)
        await pass(20)
        if (more.holds) beside.push(...running)
        running.delete(name)
      },
    })
  const claims = [inVainAtFirst('a/one'), inVainAtFirst('a/holding', { holds: true }), inVainAtFirst('a/two')]
  const found = await verdicts(claims, { atOnceAgain: 8 })
  assert.deepEqual(Object.values(found), ['pass', 'pass', 'pass'])
  assert.deepEqual(beside, ['a/holding'])
})

test('who is refused for asking too often comes again when told, unless the flood is what it claims', async (t) => {
  let refused = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (refused++ === 0) response.writeHead(429, { 'Retry-After': '0' }).end()
      else response.writeHead(202).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const limited = { ...stage, hub: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
  const asking = (more: Partial<NamedClaim>) =>
    claim('a/asking', { ...more, run: async ({ post }) => observed(String((await post({})).status)) })
  for (const [more, status] of [[{}, '202'] as const, [{ floods: true }, '429'] as const]) {
    refused = 0
    const one = asking(more)
    const [result] = await runClaims(limited, { claims: [one], chosen: [one], atOnce: 1 })
    assert.ok(result)
    assert.equal(told(result), `observed: ${status}`)
  }
})

test('a hub that takes no pings is told of changes by a command, and what is about pings is skipped', async () => {
  const body = "new URLSearchParams({'hub.mode':'publish','hub.url':process.env.TOPIC})"
  const tells = `${process.execPath} -e "fetch('${hub.url}',{method:'POST',body:${body}})"`
  const delivered = claim('a/delivered', {
    run: async ({ subscribed, publish }) => {
      const { topic, callback } = await subscribed()
      const content = await publish(topic)
      return observed(String((await callback.delivery()).body.equals(content)))
    },
  })
  const about = claim('a/about', { pings: true })
  const verdictsBy = async (publishCommand: string) => {
    const told = { ...stage, knobs: { ...stage.knobs, publishCommand } }
    const results = await runClaims(told, { claims: [delivered, about], chosen: [delivered, about], atOnce: 2 })
    return results.map(({ verdict }) => verdict)
  }
  assert.deepEqual(await verdictsBy(tells), [
    { kind: 'observed', what: 'true' },
    { kind: 'skipped', reason: 'the hub is told of changes by --publish, not by pings' },
  ])
  const [failed] = await verdictsBy('exit 3')
  assert.ok(failed?.kind === 'fail')
  assert.equal(failed.expected, 'the command of --publish to succeed')
})

test('what came before the first ping, for a hub may send the topic to who subscribes, is taken for no delivery of an update', async () => {
  const welcomed = claim('a/welcomed', {
    async run({ subscribed, publish }) {
      const { topic, callback } = await subscribed()
      await fetch(callback.url, { method: 'POST', body: 'What is there already.' })
      await callback.delivery()
      const content = await publish(topic)
      const { body } = await callback.delivery()
      return observed(`${body.equals(content)}, ${callback.deliveries.length} in all`)
    },
  })
  assert.deepEqual(await verdicts([welcomed]), { 'a/welcomed': 'observed: true, 1 in all' })
})

test('a failure carries everything that went over the wire unless it names the exchange', async () => {
  const failing = claim('a/failing', {
    async run({ subscribed }) {
      await subscribed()
      expect(false, { expected: 'more', found: 'this' })
    },
  })
  const [result] = await runClaims(stage, { claims: [failing], chosen: [failing], atOnce: 1 })
  assert.ok(result?.verdict.kind === 'fail')
  assert.deepEqual(
    result.verdict.wire.map(({ what, by }) => `${by} ${what}`),
    ['suite subscribe', 'hub verification'],
  )
})

function claim(name: string, more: Partial<NamedClaim>): NamedClaim {
  const plain = { rows: [], level: 'MUST', section: '5.1', title: '', sends: '', expects: '', presupposes: [] } as const
  return { ...plain, name, run: async () => undefined, ...more }
}

async function verdicts(
  claims: readonly NamedClaim[],
  more: { readonly atOnceAgain?: number } = {},
): Promise<Readonly<Record<string, string>>> {
  const results = await runClaims(stage, { claims, chosen: claims, atOnce: 8, ...more })
  return Object.fromEntries(results.map((result) => [result.claim.name, told(result)]))
}

function told({ verdict }: Result): string {
  switch (verdict.kind) {
    case 'pass':
      return 'pass'
    case 'fail':
      return `fail: expected ${verdict.expected}; found ${verdict.found}`
    case 'skipped':
      return `skipped: ${verdict.reason}`
    case 'observed':
      return `observed: ${verdict.what}`
    case 'broken':
      return `broken: ${verdict.why}`
  }
}
