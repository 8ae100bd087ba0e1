import { isSuccess } from '../../asking.ts'
import { type Claim, expect, skip } from '../../claim.ts'

const requests = 50
const denialsMax = 25
/** A true second, whatever the hub takes for one: in less, what a busy machine holds up and lets go at once would count as a flood. */
const windowMs = 1000

export const claim: Claim = {
  rows: ['DEN-10'],
  level: 'hardening',
  section: '5.2',
  title: 'Many requests that are refused at once do not become as many calls to one host, which never agreed to any',
  sends: `${requests} subscription requests at once to a hub that refuses every topic, for as many callbacks of one host`,
  expects: `at most ${denialsMax} denials in the second after the first, and at most one for each request`,
  presupposes: ['denial/is-told-once'],
  knobs: ['closedHub'],
  alone: true,
  floods: true,
  async run({ toward, knobs, pass, settle, timing, until }) {
    const { subscribe, topic, callback } = toward(knobs.closedHub ?? '')
    const callbacks = Array.from({ length: requests }, () => callback())
    const answers = await Promise.all(callbacks.map((each) => subscribe(topic(), each)))
    if (!answers.some(isSuccess)) skip('it refuses such a topic at once, and has nobody to tell')
    const denials = () => callbacks.flatMap((each) => each.denials)
    await until(() => denials().length > 0, { withinMs: timing.verifyMs, expected: 'a denial' })
    await pass(windowMs)
    await settle()
    const arrivals = denials().sort((one, other) => one.atMs - other.atMs)
    const soon = arrivals.filter(({ atMs }) => atMs - (arrivals[0]?.atMs ?? 0) < windowMs)
    const expected = `at most ${denialsMax} denials to one host within a second`
    expect(soon.length <= denialsMax, { expected, found: `${soon.length}` }, ...soon.slice(0, 3))
    const most = Math.max(...callbacks.map(({ denials }) => denials.length))
    expect(most <= 1, { expected: 'at most one denial for each request', found: `${most} for one` })
  },
}
