/** What is wrong is refused with file, line, path and a sentence: all of it at once. */
import { describe, expect, it } from 'vitest'
import { ruleKinds } from '../../src/domain/rule.ts'
import { loadFiles, refusal, withCamera } from './folder.ts'

const kinds = ruleKinds.join(', ')
const zones =
  'zones:\n  - { name: gate-west, polygon: [[0, 0], [1, 0], [1, 1]] }\n  - { name: dock, polygon: [[0, 0], [1, 0], [1, 1]] }'

describe('a refusal', () => {
  it('names every problem of the file at once, in the order of the lines', async () => {
    const text = withCamera('gbId: "123"\nnmae: x', 'http: { port: 70000 }\nlogg: { level: info }\n')
    expect(await refusal(text)).toEqual([
      'skyeye.yaml:6 cameras[0].gbId: must be 20 digits, in quotes, not "123"',
      'skyeye.yaml:7 cameras[0].nmae: unknown key (did you mean "name"?)',
      'skyeye.yaml:8 http.port: must be a whole number 0..65535, not 70000',
      'skyeye.yaml:9 logg: unknown key (did you mean "log"?)',
    ])
  })

  it('says which zones there are when a rule names another', async () => {
    expect(await refusal(withCamera(`${zones}\nrules:\n  - { kind: intrusion, zone: gate-east }`))).toEqual([
      'skyeye.yaml:10 cameras[0].rules[0].zone: no zone "gate-east" on camera "yard" (zones: gate-west, dock)',
    ])
  })

  it('says what a counting rule lacks', async () => {
    const line = 'lines:\n  - { name: hall, a: [0, 0], b: [1, 1] }\nrules:\n  - '
    const rule = '{ kind: counting, line: door, resetAt: "4:00", timeZone: Mars/Base }'
    expect(await refusal(withCamera(`${line}${rule}`))).toEqual([
      'skyeye.yaml:9 cameras[0].rules[0].count: is missing (From how many on)',
      'skyeye.yaml:9 cameras[0].rules[0].line: no line "door" on camera "yard" (lines: hall)',
      'skyeye.yaml:9 cameras[0].rules[0].resetAt: must be a time such as "04:00", in quotes, not "4:00"',
      'skyeye.yaml:9 cameras[0].rules[0].timeZone: no time zone "Mars/Base" (an IANA name such as Asia/Shanghai)',
    ])
  })

  it.each([
    [
      'kind: intrusoin, zone: dock',
      `kind: must be one of ${kinds}, not "intrusoin" (did you mean "intrusion"?)`,
    ],
    ['zone: dock', `kind: is missing: one of ${kinds}`],
    ['kind: intrusion, zone: dock, dwellMs: 5', 'dwellMs: unknown key'],
    [
      'kind: intrusion, zone: dock, labels: [car]',
      'labels[0]: must be one of person, two-wheeler, vehicle, object, not "car"',
    ],
    [
      // Faces are hidden and counted, never followed: a rule about them could not hold.
      'kind: intrusion, zone: dock, labels: [face]',
      'labels[0]: must be one of person, two-wheeler, vehicle, object, not "face"',
    ],
    ['kind: line-crossing, line: dock', 'line: no line "dock" on camera "yard" (it has no lines)'],
    [
      'kind: after-hours-presence, zone: dock',
      'schedule: is missing (When the rule is armed, as for every rule, but `hours` must be said)',
    ],
    [
      'kind: crowding, zone: dock',
      'count: is missing: say how many, or density, how many to the square metre',
    ],
    ['kind: crowding, zone: dock, count: many', 'count: must be a whole number 2..10000, not "many"'],
    [
      'kind: crowding, zone: dock, density: 2',
      'density: needs to know the ground of camera "yard": mark four points of it under calibration, or say count instead',
    ],
    [
      'kind: crowding, zone: dock, count: 3, hysteresis: 3',
      'hysteresis: must be below count (3), or the alert never ends',
    ],
    ['kind: loitering, zone: dock, dwellMs: 1.5', 'dwellMs: must be a whole number 1000..86400000, not 1.5'],
    [
      'kind: intrusion, zone: dock, schedule: { timeZone: Mars/Base }',
      'schedule.timeZone: no time zone "Mars/Base" (an IANA name such as Asia/Shanghai)',
    ],
    [
      'kind: intrusion, zone: dock, schedule: { hours: ["9:00-18:00"] }',
      'schedule.hours[0]: must be a span such as "22:00-06:00", in quotes, not "9:00-18:00"',
    ],
  ])('refuses the rule { %s }', async (rule, sentence) => {
    const problems = await refusal(withCamera(`${zones}\nrules:\n  - { ${rule} }`))
    expect(problems).toEqual([`skyeye.yaml:10 cameras[0].rules[0].${sentence}`])
  })

  it.each([
    [
      'zones: [{ name: z, polygon: [[0, 0], [1, 1]] }]',
      'zones[0].polygon: must be a list of 3 to 64 points [x, y], not 2 of them',
    ],
    [
      'zones: [{ name: z, polygon: [[0, 0], [0.5, 0.5], [1, 1]] }]',
      'zones[0].polygon: encloses no area: its corners lie on one line',
    ],
    [
      'zones: [{ name: z, polygon: [[0, 0], [640, 0], [1, 1]] }]',
      'zones[0].polygon[1][0]: must be a number 0..1, not 640',
    ],
    ['masks: [[[0, 0], [0, 0], [0, 0]]]', 'masks[0]: encloses no area: its corners lie on one line'],
    ['lines: [{ name: l, a: [0.5, 0.5], b: [0.5, 0.5] }]', 'lines[0]: begins where it ends'],
    [
      'lines: [{ name: l, a: [0, 0], b: [0, 1] }, { name: l, a: [0, 0], b: [1, 0] }]',
      'lines[1]: the name "l" is taken (line 6); give it another name',
    ],
    [
      'zones: [{ name: __proto__, polygon: [[0, 0], [1, 0], [1, 1]] }]',
      'zones[0].name: must be letters, digits, spaces, . _ -; 1 to 40 characters that begin with a letter or digit, not "__proto__"',
    ],
    ['place: { lon: 181, lat: 0 }', 'place.lon: must be a number -180..180, not 181'],
    ['grid: { street: 0201 }', 'grid.street: must be text; put it in quotes'],
    ['enabled: "yes"', 'enabled: must be true or false, not "yes"'],
  ])('refuses a camera with %s', async (lines, sentence) => {
    const problems = await refusal(withCamera(lines))
    expect(problems).toEqual([`skyeye.yaml:6 cameras[0].${sentence}`])
  })

  it('refuses two rules that would have the same name', async () => {
    const rules =
      'rules:\n  - { kind: intrusion, zone: dock }\n  - { kind: intrusion, zone: dock, labels: [vehicle] }'
    expect(await refusal(withCamera(`${zones}\n${rules}`))).toEqual([
      'skyeye.yaml:11 cameras[0].rules[1]: the name "intrusion-dock" is taken (line 10); give it another name',
    ])
  })

  it.each(['shop', 'household'])('refuses a %s camera without consent', async (tier) => {
    expect(await refusal(withCamera(`tier: ${tier}`))).toEqual([
      `skyeye.yaml:3 cameras[0].consent: is missing: a ${tier} camera runs only under a consent (who agreed, until when, SHA-256 of the document, scope)`,
    ])
  })

  it('refuses a consent that is not complete, or until a day that does not exist', async () => {
    const problems = await refusal(
      withCamera('tier: shop\nconsent: { grantedBy: Li, until: 2027-02-29, scope: [] }'),
    )
    expect(problems).toHaveLength(3)
    expect(problems.join('\n')).toMatch(/documentSha256: is missing/)
    expect(problems.join('\n')).toMatch(/until: is no day of the calendar/)
    expect(problems.join('\n')).toMatch(/scope: must be a list of alerts, snapshots/)
  })

  it.each(['petition', 'Mediation Room', 'legal_aid', 'legal aid', 'counselling', '信访接待室', '调解室'])(
    'refuses a camera in a place tagged %s',
    async (tag) => {
      const [problem, ...more] = await refusal(withCamera(`tags: [gate, ${tag}]`))
      expect(problem).toMatch(/^skyeye.yaml:6 cameras\[0\].tags\[1\]: no camera may be in/)
      expect(more).toEqual([])
    },
  )

  it('refuses broker settings that do not fit together', async () => {
    const broker = 'broker:\n  url: mqtt://b\n  password: x\n  passwordFile: y\n  tls: { cert: none.pem }\n'
    const problems = await refusal(withCamera('', broker))
    expect(problems.map((line) => line.replace(/: .*/, ''))).toEqual([
      'skyeye.yaml:8 broker.username',
      'skyeye.yaml:10 broker.passwordFile',
      'skyeye.yaml:11 broker.tls',
      'skyeye.yaml:11 broker.tls',
      'skyeye.yaml:11 broker.tls.cert',
    ])
  })

  it('refuses networks that are none', async () => {
    const networks = 'ingest: { allowNetworks: [10.0.0.0/8, 10.0.0.0/33, "fd00::/8", intranet] }\n'
    const problems = await refusal(withCamera('', networks))
    expect(problems.map((line) => line.replace(/: .*/, ''))).toEqual([
      'skyeye.yaml:7 ingest.allowNetworks[1]',
      'skyeye.yaml:7 ingest.allowNetworks[3]',
    ])
  })

  it('refuses an empty file and one that is a list', async () => {
    expect((await refusal(''))[0]).toMatch(/^skyeye.yaml:1: must be a mapping with gateway/)
    expect((await refusal('- a\n'))[0]).toMatch(/^skyeye.yaml:1: must be a mapping with gateway/)
    expect(await refusal('log: { level: info }')).toEqual([
      'skyeye.yaml:1 gateway: is missing (Which box this is)',
    ])
  })
})

describe('a camera list as CSV', () => {
  const main = 'gateway: { id: gw-1 }\ncamerasFile: list.csv\n'
  const csv = (list: string) => refusal({ 'skyeye.yaml': main, 'list.csv': list })

  it('is refused with line and column name', async () => {
    const list =
      'id,name,url,lon,lat,consentUntil,tier\na,"A,\nB",rtsp://10.0.0.1/,x,1,,\n\nb,B,http://10.0.0.1/,,,2027-01-01,shop\n'
    const problems = await csv(list)
    expect(problems.map((line) => line.replace(/: .*/, ''))).toEqual([
      'list.csv:3 name',
      'list.csv:3 lon',
      'list.csv:5 consentBy',
      'list.csv:5 consentSha256',
      'list.csv:5 consentScope',
      'list.csv:5 url',
    ])
  })

  it.each([
    ['id,name,ulr\n', 'list.csv:1 column 3: unknown column "ulr" (did you mean "url"?)'],
    ['id,name,url,id\n', 'list.csv:1 column 4: the column "id" stands twice'],
    [
      'id,name,url\na,A, B,rtsp://10.0.0.1/\n',
      'list.csv:2: has 4 cells where the first line has 3; put a cell that contains a comma in quotes',
    ],
    [
      'id,name,url\na,"A,rtsp://10.0.0.1/\n',
      'list.csv:2: this is not valid CSV: a quote is not closed, or stands inside a cell without quotes',
    ],
    ['', 'list.csv:1: is empty; its first line names the columns'],
    ['id,name\na,A\n', 'list.csv:2 url: is missing'],
  ])('is refused where it reads %j', async (list, sentence) => {
    expect((await csv(list)).join('\n')).toContain(sentence)
  })

  it('is refused where it does not exist, or stands beside cameras in the main file', async () => {
    expect(await refusal(main)).toEqual(['skyeye.yaml:2 camerasFile: list.csv does not exist'])
    expect(
      await refusal({
        'skyeye.yaml': withCamera('', 'camerasFile: list.csv\n'),
        'list.csv': 'id,name,url\n',
      }),
    ).toEqual(['skyeye.yaml:7 camerasFile: stands beside cameras; use one of the two'])
  })
})

it('shows two hundred problems of a file that has more', async () => {
  const cameras = Array.from(
    { length: 2_000 },
    (_, i) => `  - { id: c${i}, name: C, url: http://10.0.0.1/ }\n`,
  )
  await expect(
    loadFiles({ 'skyeye.yaml': `gateway: { id: gw-1 }\ncameras:\n${cameras.join('')}` }),
  ).rejects.toThrow(/^(.*\n){200}… and more: 200 problems are shown$/)
})
