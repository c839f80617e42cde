/** Clips raise the alerts that are recorded of them, and a difference is told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MainPath } from '../../scripts/eval/main-path.ts'
import { modelFiles } from '../../scripts/eval/models.ts'
import { replayedClips } from '../../scripts/replays/clips.ts'
import {
  differences,
  type RecordedAlert,
  type Recording,
  readRecording,
  recorded,
  recordings,
} from '../../scripts/replays/recording.ts'
import { watched } from '../../scripts/replays/watched.ts'
import type { Alert } from '../../src/domain/alert.ts'
import { chooseModels } from '../../src/vision/tiers.ts'

describe('the main path with the built-in network, over a clip', () => {
  let path: MainPath | undefined

  beforeAll(async () => {
    path = new MainPath(await chooseModels(modelFiles(), { tier: 'light' }))
    await path.start()
  })
  afterAll(() => path?.stop())

  for (const { name, locate } of replayedClips.filter(({ isQuick }) => isQuick)) {
    it(`raises what is recorded of ${name}`, { timeout: 240_000 }, async ({ skip }) => {
      const recording = await readRecording(name)
      if (!recording)
        throw new Error(`nothing is recorded of ${name}: npm run replays -- --clip ${name} --write`)
      const clip = await locate()
      if (clip === undefined) return skip('its clip is not beside the repository')
      expect(differences(recording, recorded((await path?.alerts(clip, watched)) ?? []))).toEqual([])
    })
  }
})

it('everything that is recorded is a clip that is replayed', async () => {
  const names = await recordings()
  expect(names.toSorted()).toEqual(replayedClips.map(({ name }) => name).toSorted())
  for (const name of names) expect((await readRecording(name))?.clip).toBe(name)
})

describe('a recording', () => {
  const recording = (...alerts: RecordedAlert[]): Recording => ({
    clip: 'a',
    models: ['m'],
    toleranceS: 1,
    alerts,
  })
  const intrusion = { rule: 'intrusion', beganS: 10, endedS: 14 }

  it('is met by the same alerts at about the same times, in any order', () => {
    const crossing = { rule: 'line-crossing', beganS: 10.4, endedS: 10.4 }
    const shifted = { rule: 'intrusion', beganS: 10.9, endedS: 13.1 }
    expect(differences(recording(intrusion, crossing), [crossing, shifted])).toEqual([])
  })

  it('tells what is missing, what is new, and what came or ended at another time', () => {
    expect(differences(recording(intrusion), [])).toEqual(['intrusion at 10 s is missing'])
    expect(differences(recording(), [intrusion])).toEqual(['intrusion at 10 s is new'])
    expect(differences(recording(intrusion), [intrusion, intrusion])).toEqual(['intrusion at 10 s is new'])
    expect(differences(recording(intrusion), [{ ...intrusion, beganS: 12 }])).toEqual([
      'intrusion at 10 s is missing',
      'intrusion at 12 s is new',
    ])
    expect(differences(recording(intrusion), [{ rule: 'intrusion', beganS: 10 }])).toEqual([
      'intrusion of 10 s ended at 14 s, now with the clip',
    ])
  })

  it('has of each alert when it began and ended, unless the clip ended first', () => {
    const alert = { id: '1', rule: 'intrusion', began: 2_040, phase: 'began' } as Alert
    const ended = { ...alert, phase: 'ended', ended: 5_000, endedBecause: 'cleared' } as Alert
    expect(recorded([alert, ended])).toEqual([{ rule: 'intrusion', beganS: 2, endedS: 5 }])
    expect(recorded([alert, { ...ended, endedBecause: 'camera-lost' }])).toEqual([
      { rule: 'intrusion', beganS: 2 },
    ])
  })
})
