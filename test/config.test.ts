import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeConfig, readConfig } from '../src/config.ts'

test('what config prints can be set: lengths of time and sizes are shown as they are written', () => {
  const config = readConfig({ ATTEMPT_TIMEOUT: '1500ms', CONTENT_BYTES_MAX: '65537', RATE_DENY: '3/2m', PORT: '9' })
  const shown = Object.fromEntries(describeConfig(config))
  assert.equal(shown.ATTEMPT_TIMEOUT, '1500ms')
  assert.equal(shown.ATTEMPT_RETENTION, '7d')
  assert.equal(shown.FETCH_TIMEOUT, '15s')
  assert.equal(shown.CONTENT_BYTES_MAX, '65537')
  assert.equal(shown.RATE_DENY, '3/2m')
  assert.equal(shown.RETRY_SCHEDULE, '5s,30s,5m,30m,2h,5h,10h,14h,20h,1d')
  assert.deepEqual(readConfig(shown), config)
})
