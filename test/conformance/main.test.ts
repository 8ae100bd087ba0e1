import assert from 'node:assert/strict'
import { type ChildProcess, execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startHub } from '../../conformance/faulty-hub.ts'
import { selfSigned } from '../../conformance/self-signed.ts'

const main = fileURLToPath(new URL('../../conformance/main.ts', import.meta.url))

describe('who has never seen it', { concurrency: 4 }, () => {
  test('--help tells every option, and the exit statuses', async () => {
    const { code, stdout } = await run(['--help'])
    assert.equal(code, 0)
    for (const option of ['--hub', '--listen', '--public-url', '--profile', '--only', '--report', '--retry-within']) {
      assert.match(stdout, new RegExp(`^  ${option} `, 'm'))
    }
    assert.match(stdout, /^Exit status: 0 /m)
  })

  test('--list names claims by section, row, name and group', async () => {
    const { stdout } = await run([
      '--list',
      '--only',
      '5.3.1',
      '--only',
      'sub-13',
      '--only',
      'signing/verifies',
      '--only',
      'denial/',
    ])
    for (const name of [
      'verification/only-2xx-confirms',
      'subscription/limits-the-secret',
      'signing/verifies',
      'denial/is-told-once',
    ]) {
      assert.ok(stdout.includes(name), name)
    }
    assert.ok(!stdout.includes('subscription/answers-202'))
  })

  test('fanfare conformance is the same suite, its help and its exit status too', async () => {
    const fanfare = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
    const { code, stdout } = await run(['conformance', '--help'], fanfare)
    assert.equal(code, 0)
    assert.match(stdout, /^Measures a WebSub hub from the outside/)
    assert.equal((await run(['conformance', '--hub', 'http://127.0.0.1:9/'], fanfare)).code, 2)
  })

  test('--help wins over whatever else is wrong', async () => {
    for (const words of [
      ['--help', '--hub', 'x'],
      ['--colour', '-h'],
      ['--report', '--help'],
    ]) {
      const { code, stdout } = await run(words)
      assert.equal(code, 0, words.join(' '))
      assert.match(stdout, /^Measures a WebSub hub from the outside/)
    }
  })

  test('--list tells the rows of each claim, and at its end those that cannot be checked, with the reason', async () => {
    const { code, stdout } = await run(['--list'])
    assert.equal(code, 0)
    assert.match(stdout, /^MUST +§5\.1 +subscription\/is-verified .*\(.*SUB-01.*\)$/m)
    const [claimed = '', unclaimed = ''] = stdout.split('\nCannot be checked from outside\n')
    assert.doesNotMatch(claimed, /SUB-30/)
    assert.match(unclaimed, /^SUB-30 +too many requests are refused: it takes a flood/m)
    assert.equal((await run(['--list', '--only', 'SUB-30'])).stdout.trim().split('\n').length, 2)
    assert.doesNotMatch((await run(['--list', '--only', 'SUB-13'])).stdout, /Cannot be checked/)
  })

  test('a row that cannot be checked from outside is answered with the reason, beside claims that can too', async (t) => {
    const alone = await run(['--hub', 'http://127.0.0.1:9/', '--only', 'sub-30'])
    assert.equal(alone.code, 2)
    assert.match(alone.stderr, /^SUB-30 cannot be checked from outside: .* a flood/)
    const hub = await startHub()
    t.after(() => hub.close())
    const beside = await run(['--hub', hub.url, '--only', 'SUB-30,subscription/answers-202'])
    assert.equal(beside.code, 0)
    assert.match(beside.stderr, /^SUB-30 cannot be checked from outside: /)
    assert.match(beside.stdout, / 0 failed/)
  })

  const wrong: readonly (readonly [words: readonly string[], sentence: RegExp])[] = [
    [['--hub', 'hub.example'], /--hub wants an http or https URL/],
    [['https://hub.example/'], /A hub is named by --hub <url>/],
    [['--profile', 'everything'], /There is no profile 'everything'; there are rec, compat, hardening, all, w3c/],
    [['--only', '99.9'], /No claim of profile all is named by 99\.9/],
    [['--only', 'SUB-13,SUB-99'], /No claim of profile all is named by SUB-99\./],
    [['--only', ''], /--only wants a section \(5\.3\), a row \(VER-06\), .* not nothing/],
    [['--list', '--report', 'out.json'], /--list checks nothing, so there is nothing to --report/],
    [['--report', '--hub', 'http://127.0.0.1:9/'], /^--report wants a value behind it\.$/m],
    [['--hub'], /^--hub wants a value behind it\.$/m],
    [['--report', 'out.pdf'], /ends in \.json, \.html, \.md or \.xml/],
    [['--report', 'no-such-folder/out.json'], /there is no folder .*no-such-folder that can be written to/],
    [['--hub', 'http://127.0.0.1:9/#hub'], /--hub wants a URL without a fragment: http:\/\/127\.0\.0\.1:9\/, not/],
    [['--public-url', 'https://suite.example/'], /--public-url needs --listen too/],
    [['--quiet', '3'], /--quiet wants a time such as 500ms/],
    [['--listen', 'here'], /--listen wants a port/],
    [['--colour'], /'--colour'/],
  ]
  for (const [words, sentence] of wrong) {
    test(`${words.join(' ')} is answered with a sentence and 2`, async () => {
      const { code, stderr } = await run(words)
      assert.equal(code, 2)
      assert.match(stderr, sentence)
      assertNoStack(stderr)
    })
  }

  const strangers: readonly (readonly [what: string, answer: (response: ServerResponse) => void, sentence: RegExp])[] =
    [
      [
        '500 to everything',
        (response) => response.writeHead(500).end('Oops'),
        /answers a plain subscription request with 500: Oops/,
      ],
      ['404', (response) => response.writeHead(404).end(), /takes no subscription request \(404\): that is no hub/],
      [
        'a page',
        (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><p>Hello'),
        /a page of HTML: that is no hub/,
      ],
      [
        'a redirect',
        (response) => response.writeHead(301, { Location: 'https://hub.example/' }).end(),
        /redirects to https:\/\/hub\.example\/ \(301\)/,
      ],
      [
        'a refusal',
        (response) => response.writeHead(400).end('no private addresses'),
        /refuses a plain subscription request \(400: no private addresses\)\. hub\.mode, .* have to be enough \(§5\.1\)/,
      ],
      [
        '401',
        (response) => response.writeHead(401).end(),
        /lets not everybody subscribe \(401\)\. The suite has no credentials/,
      ],
      ['nothing', (response) => response.destroy(), /cannot be reached: /],
      [
        'less than the length it told',
        (response) => {
          response.writeHead(202, { 'Content-Length': '500' }).write('yes', () => response.destroy())
        },
        /answers a subscription request, but not to the end\. Found: an answer that was cut off: HTTP\/1\.1 202 Accepted with 3 of 500 bytes of its body\./,
      ],
      [
        'without an end',
        (response) => response.writeHead(202).write('yes'),
        /Found: an answer without an end within 2 s: HTTP\/1\.1 202 Accepted with 3 bytes of its body\./,
      ],
      [
        'more and more',
        (response) => {
          const more = () => void (response.destroyed || response.write(Buffer.alloc(1024 ** 2), more))
          response.writeHead(202)
          more()
        },
        /Found: an answer without an end/,
      ],
    ]
  for (const [what, answer, sentence] of strangers) {
    test(`a site that answers ${what} gets a sentence and 2`, async (t) => {
      const { code, stderr } = await run(['--hub', await site(t, answer), '--answer-wait', '2s'])
      assert.equal(code, 2)
      assert.match(stderr, sentence)
      assert.equal(/cannot be reached/.test(stderr), what === 'nothing')
      assertNoStack(stderr)
    })
  }

  for (const status of [200, 204]) {
    test(`a site that answers ${status} to everything, and never calls back, gets a sentence and 2`, async (t) => {
      const url = await site(t, (response) => response.writeHead(status).end())
      const { code, stdout, stderr } = await run(['--hub', url, '--verify-wait', '300ms'])
      assert.equal(code, 2)
      assert.match(stderr, new RegExp(`answers ${status} even to a request that makes no sense, .*: that is no hub`))
      assert.equal(stdout, '')
    })
  }

  test('a hub that goes away while it is measured is no hub that failed: 2, and a sentence', async (t) => {
    let answered = 0
    const url = await site(t, (response) =>
      answered++ < 2 ? response.writeHead(answered === 1 ? 202 : 400).end() : response.destroy(),
    )
    const told = writtenReports(t)
    const { code, stdout, stderr } = await run(['--hub', url, '--only', 'subscription/answers-202', ...told.options])
    assert.equal(code, 2)
    assertNoStack(stderr)
    assert.doesNotMatch(stderr, /waited for in vain/)
    const sentence = /No verdict\. http\S+ cannot be reached any more: no answer: .* is no verdict on the hub/
    assert.match(stdout, sentence)
    for (const [ending, text] of Object.entries(told.texts())) {
      assert.match(text, ending === 'json' || ending === 'xml' ? /cannot be reached any more: no answer: / : sentence)
      assert.doesNotMatch(text, /is a MUST\./)
    }
    assert.equal(JSON.parse(told.texts().json ?? '').passed, false)
  })

  test('Ctrl-C reports what had ended, and is 2', async (t) => {
    let answered = 0
    const url = await site(t, (response) => {
      response.writeHead(++answered === 2 ? 400 : 202).end()
      if (answered === 3) suite.child.kill('SIGINT')
    })
    const told = writtenReports(t)
    const only = ['--only', 'subscription/is-verified', '--verify-wait', '60s']
    const suite = start(['--hub', url, ...only, ...told.options])
    const { code, stdout } = await suite.ended
    assert.equal(code, 2)
    const sentence = /Stopped when 0 of 1 claims had ended: of the others nothing is known\./
    assert.match(stdout, sentence)
    assert.doesNotMatch(stdout, /keeps what was checked/)
    for (const text of Object.values(told.texts())) {
      assert.match(text, sentence)
      assert.doesNotMatch(text, /keeps what was checked/)
    }
    const { claims, passed, noVerdict } = JSON.parse(told.texts().json ?? '')
    assert.deepEqual([claims, passed, noVerdict.length], [[], false, 1])
    assert.match(told.texts().xml ?? '', /<testsuites [^>]* tests="1" failures="0" errors="1"/)
  })

  test('a mistake of the suite’s own is called that, and is 2, not the 1 of a MUST', async () => {
    const slip = ['--import', 'data:text/javascript,setImmediate(()=>{throw new Error("a slip")})']
    const { code, stderr } = await run(['--hub', 'http://127.0.0.1:9/'], main, slip)
    assert.equal(code, 2)
    assert.match(stderr, /The suite has failed, which says nothing of the hub: Error: a slip/)
  })

  test('a hub whose certificate nobody vouches for gets a sentence and 2', async (t) => {
    const server = createSecureServer(selfSigned).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    const { code, stderr } = await run(['--hub', `https://127.0.0.1:${(server.address() as AddressInfo).port}/`])
    assert.equal(code, 2)
    assert.match(
      stderr,
      /shows a certificate that nobody here vouches for: self-signed certificate\. .*NODE_EXTRA_CA_CERTS/,
    )
    assertNoStack(stderr)
  })

  test('a hub that is down gets a sentence and 2', async () => {
    const { code, stderr } = await run(['--hub', 'http://127.0.0.1:9/'])
    assert.equal(code, 2)
    assert.match(stderr, /cannot be reached: connect ECONNREFUSED .* Is the hub running/)
    assertNoStack(stderr)
  })

  test('a hub that knows pings by hub.topic alone is measured with these', async (t) => {
    const hub = await startHub({ faults: ['ping-by-hub-topic-alone'] })
    t.after(() => hub.close())
    const { code, stdout } = await run(['--hub', hub.url, '--profile', 'rec', '--only', 'signing/verifies'])
    assert.equal(code, 0, stdout)
    assert.match(stdout, / 0 failed/)
  })

  test('who measures a hub elsewhere without --listen is told before anything is waited for', async () => {
    const { code, stderr } = await run(['--hub', 'http://0.0.0.0:9/'])
    assert.equal(code, 2)
    assert.match(
      stderr,
      /^The suite's topics and callbacks are on 127\.0\.0\.1: if 0\.0\.0\.0 is another machine, .* --listen/,
    )
    assert.match(stderr, /^http:\/\/0\.0\.0\.0:9\/ cannot be reached: /m)
  })

  const silent = ['--only', 'SUB-01', '--verify-wait', '300ms', '--profile', 'rec']

  test('a hub that never calls back may be unable to: without --listen that is no verdict, and 2', async (t) => {
    const hub = await startHub({ faults: ['never-verifies'] })
    t.after(() => hub.close())
    const { code, stdout } = await run(['--hub', hub.url, ...silent])
    assert.equal(code, 2)
    assert.match(
      stdout,
      /No verdict\. The hub called nobody back, perhaps since it cannot: .* --listen 127\.0\.0\.1:0 /,
    )
  })

  test('where the suite does not reach itself by --public-url, a silent hub is not blamed: 2', async (t) => {
    const hub = await startHub({ faults: ['never-verifies'] })
    t.after(() => hub.close())
    const nowhere = ['--listen', '127.0.0.1:0', '--public-url', 'http://127.0.0.1:9/']
    const { code, stdout } = await run(['--hub', hub.url, ...silent, ...nowhere])
    assert.equal(code, 2)
    assert.match(stdout, /own to http:\/\/127\.0\.0\.1:9\/ does not arrive either \(no answer: connect ECONNREFUSED/)
    const elsewhere = await site(t, (response) => response.writeHead(404).end())
    const strange = await run(['--hub', hub.url, ...silent, '--listen', '127.0.0.1:0', '--public-url', elsewhere])
    assert.equal(strange.code, 2)
    assert.match(strange.stdout, /does not arrive either \(another server answers there, with 404\)/)
  })

  test('a hub that never calls back is told one cause, and 1, where --listen says that it can', async (t) => {
    const hub = await startHub({ faults: ['never-verifies'] })
    t.after(() => hub.close())
    const only = ['--only', 'signing', '--verify-wait', '500ms', '--listen', '127.0.0.1:0']
    const { code, stdout, stderr } = await run(['--hub', hub.url, ...only])
    assert.match(stdout, /called nobody back in the whole run: .* see --listen and --public-url/)
    assert.equal(code, 1)
    assert.match(stderr, /^Something was waited for in vain: trying \d+ claims again, twice as patiently\./)
    assert.match(stdout, /^FAIL subscription\/is-verified {2}MUST, §5\.1/m)
    assert.equal(stdout.match(/^FAIL /gm)?.length, 1)
    assert.match(stdout, /presupposes subscription\/is-verified, which failed/)
  })
})

test('what counts is a MUST, or everything if --strict; all four reports tell the same', async (t) => {
  const hub = await startHub({ faults: ['accepts-json'] })
  const folder = mkdtempSync(join(tmpdir(), 'reports-'))
  t.after(async () => {
    rmSync(folder, { recursive: true })
    await hub.close()
  })
  const only = ['--hub', hub.url, '--only', 'SUB-07', '--only', 'SUB-02', '--quiet', '200ms', '--settle', '50ms']
  assert.equal((await run(only)).code, 0)
  const files = ['json', 'html', 'md', 'xml'].map((ending) => join(folder, `report.${ending}`))
  const { code, stdout } = await run([...only, '--strict', ...files.flatMap((file) => ['--report', file])])
  assert.equal(code, 1)
  assert.match(stdout, /> \{"hub\.mode":"subscribe"/)
  const [json = '', html = '', md = '', xml = ''] = files.map((file) => readFileSync(file, 'utf8'))
  const report = JSON.parse(json)
  assert.equal(report.schema, 'websub-hub-conformance/1')
  assert.equal(report.totals.fail, 1)
  const failed = report.claims.find(({ verdict }: { verdict: string }) => verdict === 'fail')
  assert.equal(failed.name, 'subscription/refuses-json')
  assert.match(failed.wire[0], /^> POST \/ HTTP\/1\.1$/m)
  assert.match(html, /<details class="fail" open id="subscription\/refuses-json">/)
  assert.doesNotMatch(html, /<script|https?:\/\/(?!127\.)/)
  assert.match(md, /^\* \[x\] 100: supports a typical subscription request$/m)
  assert.match(xml, /<failure message="hardening, 5\.1: expected a 4xx for a JSON body; found status 202">/)
})

test('a report that cannot be written keeps no other from it, and is 2', async (t) => {
  const hub = await startHub()
  const folder = mkdtempSync(join(tmpdir(), 'reports-'))
  t.after(async () => {
    rmSync(folder, { recursive: true })
    await hub.close()
  })
  const [taken, free] = [join(folder, 'taken.json'), join(folder, 'free.json')]
  mkdirSync(taken)
  const only = ['--hub', hub.url, '--only', 'subscription/answers-202']
  const { code, stderr } = await run([...only, '--report', taken, '--report', free])
  assert.equal(code, 2)
  assert.match(stderr, /taken\.json could not be written: EISDIR/)
  assertNoStack(stderr)
  assert.equal(JSON.parse(readFileSync(free, 'utf8')).totals.fail, 0)
})

/** All four reports in a folder that the test takes away again. */
function writtenReports(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'reports-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const files = ['json', 'html', 'md', 'xml'].map((ending) => [ending, join(folder, `report.${ending}`)] as const)
  return {
    options: files.flatMap(([, file]) => ['--report', file]),
    texts: (): Readonly<Record<string, string>> =>
      Object.fromEntries(files.map(([ending, file]) => [ending, readFileSync(file, 'utf8')])),
  }
}

function assertNoStack(text: string): void {
  assert.doesNotMatch(text, /^\s+at /m)
}

async function site(t: TestContext, answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(words: readonly string[], program = main, node: readonly string[] = []): Promise<Ended> {
  return start(words, program, node).ended
}

function start(
  words: readonly string[],
  program = main,
  node: readonly string[] = [],
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const { promise: ended, resolve } = Promise.withResolvers<Ended>()
  const child = execFile(process.execPath, [...node, program, ...words], (_, stdout, stderr) =>
    resolve({ code: child.exitCode ?? -1, stdout, stderr }),
  )
  return { child, ended }
}
