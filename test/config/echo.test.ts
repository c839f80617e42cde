/** What a refusal repeats of the configuration: whole words that are known to be harmless, never parts of a secret. */
import { describe, expect, it } from 'vitest'
import { refusal, withCamera } from './folder.ts'

const password = 'Sup3rS3cretPassw0rdThatIsLong'
const marked = (name: string) => `\${${name}}`

/** Fails where a message holds even a short part of the secret. */
function expectNothingOf(secret: string, problems: readonly string[]): void {
  expect(problems.length).toBeGreaterThan(0)
  const text = problems.join('\n')
  const parts = Array.from({ length: secret.length - 4 }, (_, i) => secret.slice(i, i + 5))
  expect(parts.filter((part) => text.includes(part))).toEqual([])
}

describe('a refusal repeats no part of a password', () => {
  it.each([
    ['a broker written as one URL', `broker: mqtts://gateway-17:${password}@broker.example:8883\n`],
    ['a broker URL in the wrong place', `log: { level: "mqtts://gw:${password}@b" }\n`],
    ['a URL that became a key', `log: { rtsp://gw:${password}@10.0.0.5/live }\n`],
    ['a URL torn at the comma of its password', `log: { level: rtsp://gw:x,${password}@10.0.0.5 }\n`],
    ['a URL as camera list', `camerasFile: rtsp://gw:${password}@10.0.0.5/live\n`],
    ['a word that is too long', `dataDir: ./d\nlog: { level: "${'x'.repeat(30)}${marked('NVR')}" }\n`],
    ['a variable in a list of choices', `log: { level: "${marked('NVR')}" }\n`],
  ])('in %s', async (_, lines) => {
    const problems = await refusal(`gateway: { id: gw-1 }\n${lines}`, { env: { NVR: password } })
    expectNothingOf(password, problems)
  })

  it('in a time zone that is an address', async () => {
    const rule = `{ kind: intrusion, zone: z, schedule: { timeZone: "rtsp://a:${password}@h" } }`
    const zone = 'zones: [{ name: z, polygon: [[0, 0], [1, 0], [1, 1]] }]'
    expectNothingOf(password, await refusal(withCamera(`${zone}\nrules: [${rule}]`)))
  })

  it('in a variable that is longer than what is shown of a value', async () => {
    const long = `${'S'.repeat(20)}ecretOfTheBoxThatNobodyMayRead`
    expectNothingOf(long, await refusal(`gateway: { id: "${marked('TOK')}" }\n`, { env: { TOK: long } }))
  })

  it('in a key that is the password of something else', async () => {
    const camera = withCamera('hunter2hunter2: 1').replace('rtsp://', 'rtsp://admin:hunter2hunter2@')
    expectNothingOf('hunter2hunter2', await refusal(camera))
  })

  it('in a variable that another secret begins with, or that is written in decomposed letters', async () => {
    const env = { SHORT: 'Passw', LONG: 'Passw-0rd-of-gate', MARKS: 'Pa\u0308ssword!' }
    const lines = `gbId: "${marked('SHORT')}"\ntags: ["${marked('MARKS')}\\u200b"]\ngrid: { unit: "${marked('LONG')}!" }\nid2: 1`
    const rule = `zones: [{ name: "${marked('MARKS')}", polygon: [[0, 0], [1, 0], [1, 1]] }]`
    const problems = await refusal(withCamera(`${lines}\n${rule}`), { env })
    expectNothingOf('-0rd-of-gate', problems)
    expectNothingOf('Pässword!'.normalize('NFC'), problems)
  })
})

describe('a camera list without its first line', () => {
  const main = 'gateway: { id: gw-1 }\ncamerasFile: list.csv\n'

  it('is refused in one sentence that repeats none of its cells', async () => {
    const row = `yard,Yard,public,rtsp://surveillance:${password}@10.0.0.5/live\n`
    const problems = await refusal({ 'skyeye.yaml': main, 'list.csv': row })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^list.csv:1: names no known column; put a first line .*: id,name,tier,url,/)
    expectNothingOf(password, problems)
  })

  it.each([
    ['as a column', `id,name,rtsp://surveillance:${password}@10.0.0.5\n`],
    ['in a cell that slipped behind a comma', `id,name,url,tier\na,A,rtsp://u:x,${password}@10.0.0.5\n`],
  ])('repeats no password that stands there %s', async (_, list) => {
    expectNothingOf(password, await refusal({ 'skyeye.yaml': main, 'list.csv': list }))
  })
})

it('still repeats a harmless word', async () => {
  expect(await refusal('gateway: { id: gw-1 }\nlog: { level: wran }\n')).toEqual([
    'skyeye.yaml:2 log.level: must be one of fatal, error, warn, info, debug, trace, not "wran" (did you mean "warn"?)',
  ])
})
