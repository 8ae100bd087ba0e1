import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Handler } from '../../conformance/server.ts'
import { siteName, sitesByPort } from '../../conformance/sites.ts'

test('what comes for the site of another run, at a port that was its, is not found and not noticed', async (t) => {
  const targets: string[] = []
  const handler: Handler = (_, target) => ({
    answer: async () => {
      targets.push(target)
      return {}
    },
    answered() {},
    ended() {},
  })
  const name = siteName()
  const site = await sitesByPort('127.0.0.1').open(name, handler)
  t.after(() => site.close())
  const { origin } = new URL(site.url)
  const status = async (path: string) => (await fetch(`${origin}${path}`)).status
  assert.equal(await status(`/${siteName()}/c2?x=1`), 404)
  assert.equal(await status(`/${name}/c2`), 200)
  assert.equal(await status('/lost'), 200)
  assert.deepEqual(targets, [`/${name}/c2`, '/lost'])
})
