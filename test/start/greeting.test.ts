import assert from 'node:assert/strict'
import { test } from 'node:test'
import { greeting } from '../../src/start/greeting.ts'

const started = { hubUrl: 'https://hub.example/', postgres: null, adminToken: null }

test('a hub for others that listens to its own machine alone says so', () => {
  const said = (listensOn: string, hubUrl = started.hubUrl) => greeting({ ...started, hubUrl, listensOn })
  assert.match(
    said('http://127.0.0.1:8080'),
    /^Listens on: http:\/\/127\.0\.0\.1:8080, which this machine alone reaches;/m,
  )
  assert.match(said('http://0.0.0.0:8080'), /^Listens on: http:\/\/0\.0\.0\.0:8080$/m)
  assert.match(said('http://[::1]:8080', 'http://localhost:8080/'), /^Listens on: http:\/\/\[::1\]:8080$/m)
})
