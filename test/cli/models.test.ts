/** `skyeye models list`: a table for people, the same for programs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { models } from '../../src/cli/models.ts'
import { listLines, type ModelReport, tierReports } from '../../src/cli/models-report.ts'
import { readAccuracy } from '../../src/vision/accuracy.ts'
import { accuracyFile } from '../../src/vision/manifest.ts'
import { timeModel } from '../../src/vision/timing.ts'
import { tinyRanked, writeRanked } from '../vision/tiny-onnx.ts'

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'models-list-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

const ours: ModelReport = {
  ...{ name: 'skyeye-nano', state: 'ready', path: '/opt/skyeye/models/skyeye-nano.onnx', builtIn: true },
  ...{ tasks: ['objects', 'faces'], finds: ['face', 'person'], input: { multiple: 32, longSide: 640 } },
  ...{ bytes: 1_500_000, licence: 'Apache-2.0' },
}
const things: ModelReport = {
  ...{ name: 'yolox-nano', state: 'missing', problem: 'run `skyeye models pull yolox-nano`', builtIn: false },
  ...{ tasks: ['objects'], finds: ['person', 'vehicle'], input: { width: 416, height: 416 } },
  ...{ bytes: 3_660_092, licence: 'Apache-2.0', source: 'https://example.org/yolox' },
}
const faces: ModelReport = {
  ...things,
  name: 'yunet-n',
  tasks: ['faces'],
  finds: ['face'],
  state: 'ready',
  path: '/x',
}

describe('the list', () => {
  it('has a row for each model, what it finds, and whether it is here', () => {
    const text = listLines([ours, things], tierReports([ours, things], 'light')).join('\n')
    expect(text).toMatch(/^model +tasks +finds +input +ms here +MB +here +licence$/m)
    expect(text).toMatch(
      /^skyeye-nano +objects, faces +face, person +up to 640 +- +1\.5 +built in +Apache-2\.0$/m,
    )
    expect(text).toMatch(/^yolox-nano +objects +person, vehicle +416×416 +- +3\.7 +missing +Apache-2\.0$/m)
    expect(text).toMatch(/^ms here: not measured; skyeye models list --measure$/m)
    expect(text).toMatch(/^ {2}skyeye-nano +- +not measured$/m)
    expect(text).toMatch(/^ {2}skyeye-nano +\/opt\/skyeye\/models\/skyeye-nano\.onnx$/m)
    expect(text).toMatch(/^ {2}yolox-nano +run `skyeye models pull yolox-nano`$/m)
  })

  it('shows what was measured here, and what our evaluation measured', () => {
    const timing = { width: 640, height: 384, runs: 21, modelMs: 7.25, preMs: 0.5, postMs: 0.1 }
    const accuracy = {
      measured: '2026-11-26T10:00:00Z',
      figures: { 'person AP50 PETS09': 0.66, 'faces found': 0.6 },
    }
    const text = listLines([{ ...ours, timing, accuracy }], tierReports([ours], 'light')).join('\n')
    expect(text).toMatch(/^skyeye-nano .* 640×384 +7\.3 +1\.5/m)
    expect(text).toMatch(/^ {2}skyeye-nano +2026-11-26 +person AP50 PETS09 +0\.660\n +faces found +0\.600$/m)
    expect(text).not.toContain('--measure')
  })

  it('says which tiers can be used here, and which one auto is', () => {
    const tiers = tierReports([ours, things, faces], 'light')
    expect(
      tiers.map(({ tier, usable, lacking, automatic }) => ({ tier, usable, lacking, automatic })),
    ).toEqual([
      { tier: 'light', usable: true, lacking: [], automatic: true },
      { tier: 'standard', usable: false, lacking: ['yolox-nano'], automatic: false },
      { tier: 'sharp', usable: false, lacking: ['rtmdet-nano-person', 'yolox-nano'], automatic: false },
    ])
    const text = listLines([ours], tiers).join('\n')
    expect(text).toMatch(/^ {2}light +skyeye-nano +usable +<- auto$/m)
    expect(text).toMatch(/^ {2}standard +yolox-nano \+ yunet-n +not usable: yolox-nano is not ready$/m)
    expect(text).toMatch(/not usable: rtmdet-nano-person, yolox-nano are not ready$/m)
  })
})

describe('the command', () => {
  async function say(...args: string[]) {
    const [out, err]: [string[], string[]] = [[], []]
    const code = await models(args, { out: (line) => out.push(line), err: (line) => err.push(line) })
    return { code, out: out.join('\n'), err: err.join('\n') }
  }

  it('lists models and tiers for programs', async () => {
    const { code, out } = await say('list', '--json', '--dir', temporary())
    expect(code).toBe(0)
    const { models: listed, tiers } = JSON.parse(out)
    const own = listed.find(({ name }: ModelReport) => name === 'skyeye-nano')
    expect(own).toMatchObject({ tasks: ['objects', 'faces'], builtIn: true, licence: 'Apache-2.0' })
    expect(own).not.toHaveProperty('source')
    expect(tiers.map(({ tier }: { tier: string }) => tier)).toEqual(['light', 'standard', 'sharp'])
  })

  it('takes a tier for its models, and measures only what it lists', async () => {
    const { out } = await say('verify', 'standard', '--json', '--dir', temporary())
    expect(JSON.parse(out).models.map(({ name }: ModelReport) => name)).toEqual(['yolox-nano', 'yunet-n'])
    expect((await say('pull', 'nightly')).err).toMatch(
      /there is no model or tier "nightly" \(models: .*; tiers: light, standard, sharp\)/,
    )
    expect((await say('verify', '--measure')).code).toBe(2)
    expect((await say('list', 'light')).code).toBe(2)
  })
})

it('times a model at its own size, and says how far it is', async () => {
  const model = writeRanked(temporary(), tinyRanked([]))
  const done: number[] = []
  const timing = await timeModel(model, 5, (runs) => done.push(runs))
  expect(done).toEqual([1, 2, 3, 4, 5])
  expect(timing).toMatchObject({ width: 32, height: 32, runs: 5 })
  for (const ms of [timing.modelMs, timing.preMs, timing.postMs]) expect(ms).toBeGreaterThanOrEqual(0)
})

describe('the figures of our evaluation', () => {
  it('are read by model, none where nothing was measured', () => {
    const folder = temporary()
    expect(readAccuracy(folder)).toEqual({})
    const figures = { 'yunet-n': { measured: '2026-11-26T10:00:00Z', figures: { recall: 0.9 } } }
    writeFileSync(join(folder, accuracyFile), JSON.stringify(figures))
    expect(readAccuracy(folder)).toEqual(figures)
  })

  it.each(['{ "x": 1 }', '{ "x": { "measured": "2026-11-26", "figures": { "recall": "high" } } }', '{'])(
    'that are none are refused by the name of the file: %s',
    (text) => {
      const folder = temporary()
      writeFileSync(join(folder, accuracyFile), text)
      expect(() => readAccuracy(folder)).toThrow(accuracyFile)
    },
  )
})
