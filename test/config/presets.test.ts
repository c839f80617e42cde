/** Presets make good rules for the cameras with their tag, and say which camera lacks what they need. */

import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { presetRules } from '../../src/config/presets.ts'
import { presetNames, presets } from '../../src/config/rules/presets.ts'
import { ruleSchemas } from '../../src/config/rules/rule-schema.ts'
import { loadFiles, refusal } from './folder.ts'

const square = 'polygon: [[0, 0], [1, 0], [1, 1]]'
const camera = (id: string, lines: string) =>
  `  - id: ${id}\n    name: ${id}\n    url: rtsp://10.0.0.5/${id}\n${lines.replace(/^(?=.)/gm, '    ')}\n`
const lane = (id: string, more = '') =>
  camera(id, `tags: [road, lane]\nzones:\n  - { name: fire-lane, ${square} }\n${more}`)
const config = (wishes: string, cameras: string, more = '') =>
  `gateway: { id: gw-1 }\npresets:\n${wishes}\ncameras:\n${cameras}${more}`

describe('a preset', () => {
  it('gives each camera with its tag one rule more, with the defaults of its kind', async () => {
    const own = `rules: [{ kind: intrusion, zone: fire-lane }]`
    const cameras = `${lane('a', own)}${lane('b')}${camera('c', 'tags: [yard]\nrules: []')}`
    const { config: loaded } = await loadFiles({
      'skyeye.yaml': config('  - { preset: fire-lane, tag: lane }', cameras),
    })
    const [a, b, c] = loaded.cameras
    expect(a.rules.map(({ name }) => name)).toEqual(['intrusion-fire-lane', 'fire-lane'])
    expect(b.rules).toEqual([
      {
        ...{
          kind: 'fire-lane-blocked',
          name: 'fire-lane',
          zone: 'fire-lane',
          dwellMs: 60_000,
          tolerance: 0.03,
        },
        ...{ labels: ['vehicle', 'two-wheeler', 'object'], severity: 'major', duty: 'fire' },
        ...{ inertiaMs: 500, cooldownMs: 30_000 },
      },
    ])
    expect(c.rules).toEqual([])
  })

  it('is called by either name, watches another zone and keeps other hours where that is said', async () => {
    const wishes = `  - { preset: 消防通道, tag: lane, at: fire-lane }
  - { preset: after-hours, tag: lane, at: fire-lane, schedule: { hours: ["18:00-08:00"] } }
  - { preset: illegal-dumping, tag: lane, at: fire-lane }`
    const { config: loaded } = await loadFiles({ 'skyeye.yaml': config(wishes, lane('a')) })
    const [fire, hours, dumping] = loaded.cameras[0].rules
    expect(fire).toMatchObject({ kind: 'fire-lane-blocked', name: '消防通道-fire-lane', zone: 'fire-lane' })
    expect(hours.schedule).toMatchObject({ timeZone: 'Asia/Shanghai', hours: [{ from: 1_080, to: 480 }] })
    expect(dumping.schedule).toMatchObject({ hours: [{ from: 1_320, to: 360 }] })
  })

  it('finds its zone among those that all cameras share, also for a camera of a CSV', async () => {
    const main = `gateway: { id: gw-1 }
presets: [{ preset: 消防通道, tag: lane }]
cameraDefaults: { zones: [{ name: 消防通道, ${square} }] }
camerasFile: cameras.csv
`
    const { config: loaded } = await loadFiles({
      'skyeye.yaml': main,
      'cameras.csv': 'id,name,url,tags\na,A,rtsp://10.0.0.5/a,road;lane\nb,B,rtsp://10.0.0.5/b,road\n',
    })
    expect(loaded.cameras.map(({ rules }) => rules.length)).toEqual([1, 0])
    const lacking = main.replace(`name: 消防通道,`, 'name: lane,')
    expect(
      await refusal({
        'skyeye.yaml': lacking,
        'cameras.csv': 'id,name,url,tags\na,A,rtsp://10.0.0.5/a,road;lane\n',
      }),
    ).toEqual([
      'cameras.csv:2 tags: preset "消防通道" (skyeye.yaml:2) needs a zone "消防通道", which camera "a" lacks (zones: lane); draw it, name another with at, or take the tag away',
    ])
  })

  it('is refused for a camera that lacks its zone or line, or has a rule of its name', async () => {
    const wishes = `  - { preset: fire-lane, tag: lane }
  - { preset: wrong-way, tag: road }
  - { preset: fire-lane, tag: road }`
    const cameras = camera('a', `tags: [lane]\nzones: [{ name: dock, ${square} }]`) + lane('b')
    expect(await refusal(config(wishes, cameras))).toEqual([
      'skyeye.yaml:10 cameras[0].tags[0]: preset "fire-lane" (skyeye.yaml:3) needs a zone "fire-lane", which camera "a" lacks (zones: dock); draw it, name another with at, or take the tag away',
      'skyeye.yaml:15 cameras[1].tags[0]: preset "wrong-way" (skyeye.yaml:4) needs a line "wrong-way", which camera "b" lacks (it has no lines); draw it, name another with at, or take the tag away',
      'skyeye.yaml:15 cameras[1].tags[0]: preset "fire-lane" (skyeye.yaml:5) makes a rule "fire-lane", but camera "b" has one of that name already; rename or remove one of the two',
    ])
  })

  it('is refused where there is none of that name or its hours are in no time zone', async () => {
    const wishes = `  - { preset: fire-lain, tag: lane }
  - { preset: crowd, tag: nobody, schedule: { timeZone: Mars/Base } }
  - { tag: lane }`
    const problems = await refusal(config(wishes, lane('a')))
    expect(problems[0]).toMatch(
      /^skyeye.yaml:3 presets\[0\].preset: must be one of .*did you mean "fire-lane"/,
    )
    expect(problems[1]).toMatch(/^skyeye.yaml:4 presets\[1\].schedule.timeZone: no time zone "Mars\/Base"/)
    expect(problems[2]).toMatch(/^skyeye.yaml:5 presets\[2\].preset: is missing/)
    expect(problems).toHaveLength(3)
  })

  it('that finds no camera is worth a warning, and no camera with one is said to have no rules', async () => {
    const wishes = '  - { preset: fire-lane, tag: lane }\n  - { preset: crowd, tag: square }'
    const { warnings } = await loadFiles({ 'skyeye.yaml': config(wishes, lane('a')) })
    expect(warnings.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'presets[1].tag: no camera has the tag "square": the preset does nothing',
    ])
  })
})

describe('the presets', () => {
  it('have two names each, all different', () => {
    expect(new Set(presetNames).size).toBe(presets.length * 2)
    for (const { zh } of presets) expect(zh).toMatch(/^\p{Script=Han}+$/u)
  })

  it.each(presets.map(({ en }) => en))('%s is a rule that fits the schema of its kind', (preset) => {
    const [rule] = presetRules([{ preset, tag: 'x' }], ['x'])
    expect([...Value.Errors(ruleSchemas[rule.kind], rule)]).toEqual([])
    expect(rule.cooldownMs).toBe(30_000)
  })
})
