/** Cameras that turn: what is drawn belongs to a preset, and names tell presets and rules apart. */
import { describe, expect, it } from 'vitest'
import { rulesOf } from '../../src/domain/camera.ts'
import { underOverrides } from '../../src/domain/override.ts'
import { loadFiles, refusal, withCamera } from './folder.ts'

const zone = (name: string) => `{ name: ${name}, polygon: [[0, 0], [1, 0], [1, 1]] }`
const preset = (name: string, rule: string) =>
  `  - name: ${name}\n    zones: [${zone('all')}]\n    rules: [{ kind: intrusion, zone: all, name: ${rule} }]\n`

it('has what is drawn at each preset, and nothing of the defaults', async () => {
  const text = withCamera(
    `ptz: true\npresets:\n${preset('gate', 'one')}  - name: dock\n    masks: [[[0, 0], [1, 0], [1, 1]]]`,
    `cameraDefaults: { zones: [${zone('all')}], rules: [{ kind: intrusion, zone: all }] }\n`,
  )
  const { config, warnings } = await loadFiles({ 'skyeye.yaml': text })
  expect(warnings).toEqual([])
  const [camera] = config.cameras
  expect(camera).toMatchObject({ masks: [], zones: [], lines: [], rules: [] })
  expect(camera.presets).toMatchObject([
    { name: 'gate', masks: [], zones: [{ name: 'all' }], rules: [{ name: 'one', zone: 'all' }] },
    { name: 'dock', masks: [[{ x: 0, y: 0 }, { x: 1 }, { y: 1 }]], zones: [], rules: [] },
  ])
})

it('loses a rule at its preset where a command switched it off', async () => {
  const text = withCamera(`ptz: true\npresets:\n${preset('gate', 'one')}${preset('dock', 'two')}`)
  const [camera] = (await loadFiles({ 'skyeye.yaml': text })).config.cameras
  const wish = underOverrides(camera, [{ camera: 'yard', rule: 'two' }])
  expect(rulesOf(wish.camera).map(({ name }) => name)).toEqual(['one'])
  expect(underOverrides(camera, [{ camera: 'other', rule: 'two' }]).camera).toBe(camera)
})

describe('is refused', () => {
  it.each([
    [
      'without presets',
      'ptz: true',
      ['6 cameras[0].ptz: needs presets: a camera that turns is watched at its presets only'],
    ],
    [
      'with no preset',
      'ptz: true\npresets: []',
      ['7 cameras[0].presets: must be a list of 1 to 64 presets, not 0 of them'],
    ],
    [
      'where it stands still and has presets',
      `presets:\n${preset('gate', 'one')}`,
      ['7 cameras[0].presets: belong to a camera that turns: add ptz: true, or take them away'],
    ],
    [
      'with something drawn beside its presets',
      `ptz: true\nzones: [${zone('all')}]\npresets:\n${preset('gate', 'one')}`,
      [
        '7 cameras[0].zones: stand beside ptz: true: where they lie depends on the preset; move them into presets',
      ],
    ],
    [
      'with two presets of one name, or two rules',
      `ptz: true\npresets:\n${preset('gate', 'one')}${preset('gate', 'one')}`,
      [
        '11 cameras[0].presets[1].name: the name "gate" is taken (line 8); give it another name',
        '13 cameras[0].presets[1].rules[0]: the name "one" is taken (line 10); give it another name',
      ],
    ],
    [
      'with a rule about a zone of another preset',
      `ptz: true\npresets:\n${preset('gate', 'one')}  - name: dock\n    rules: [{ kind: intrusion, zone: all }]`,
      ['12 cameras[0].presets[1].rules[0].zone: no zone "all" on camera "yard" (it has no zones)'],
    ],
    [
      'with a tag that gives it a rule',
      `ptz: true\ntags: [lane]\npresets:\n${preset('gate', 'one')}`,
      [
        '7 cameras[0].tags[0]: the tag gives it the rule "fire-lane", which is for cameras that stand still; write the rule at one of its presets, or take the tag away',
      ],
    ],
  ])('%s', async (_, lines, expected) => {
    const text = withCamera(lines, 'presets: [{ preset: fire-lane, tag: lane }]\n')
    expect(await refusal(text)).toEqual(expected.map((line) => `skyeye.yaml:${line}`))
  })
})
