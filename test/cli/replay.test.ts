/** `skyeye replay`: what it refuses, and a street that it really sees. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clip, Folder, modelsPresent, withModels, withoutModels } from './folder.ts'
import { ran } from './program.ts'

const whole = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
]
const camera = {
  ...{ id: 'street', name: 'Street', url: 'rtsp://10.0.0.5/live', zones: [{ name: 'all', polygon: whole }] },
  rules: [{ kind: 'intrusion', zone: 'all', labels: ['person'], inertiaMs: 200, cooldownMs: 0 }],
}

it('says which model is missing and what to do', async () => {
  const folder = new Folder()
  folder.write({
    ...{ gateway: { id: 'gw' }, dataDir: folder.path, models: { tier: 'standard' }, cameras: [camera] },
  })
  const { status, out, err } = await ran(['replay', 'x.mp4', '--config', folder.config], {
    env: withoutModels,
  })
  expect([status, out]).toEqual([1, ''])
  expect(err).toMatch(
    /^skyeye replay: models\.tier: standard needs yolox-nano, yunet-n, and yolox-nano and yunet-n are not on this machine: run `skyeye models pull standard /,
  )
})

it.each([
  [['--camera', 'yard'], [camera], /has no camera "yard" \(cameras: street\)/],
  [[], [], /has no camera whose rules could be used \(cameras: none\)/],
])('says whose rules it has not (%j)', async (args, cameras, sentence) => {
  const folder = new Folder()
  folder.write({ gateway: { id: 'gw' }, cameras })
  const { status, err } = await ran(['replay', 'x.mp4', '--config', folder.config, ...args])
  expect(status).toBe(2)
  expect(err).toMatch(sentence)
})

describe.skipIf(!modelsPresent)('replay (skipped where ../shared/models is absent)', () => {
  it.each([
    ['a clip that is not there', 'none.mp4', /none\.mp4/],
    ['a file that is no clip', 'skyeye.yaml', /skyeye\.yaml|Invalid data/],
    ['a camera outside of the networks that are allowed', 'rtsp://127.0.0.1:9/live', /allowNetworks/],
  ])('refuses %s with a sentence', async (_, source, sentence) => {
    const folder = new Folder()
    folder.write({ gateway: { id: 'gw' }, cameras: [camera] })
    const { status, err } = await ran(['replay', source, '--config', 'skyeye.yaml'], {
      ...{ cwd: folder.path, env: withModels },
    })
    expect(status, err).toBe(1)
    expect(err).toMatch(/^skyeye replay: /m)
    expect(err).toMatch(sentence)
    expect(err).not.toMatch(/^ {4}at /m)
  })

  it.skipIf(!existsSync(clip))(
    'sees the people of a real street, and every alert that begins ends',
    async () => {
      const folder = new Folder()
      folder.write({ gateway: { id: 'gw' }, cameras: [camera] })
      const pictures = join(folder.path, 'pictures')
      const args = ['replay', clip, '--config', folder.config, '--json', '--snapshots', pictures]
      const { status, out, err } = await ran(args, { env: withModels })
      expect(status, err).toBe(0)
      const told = out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      const { summary } = told.pop()
      const began = told.filter(({ phase }) => phase === 'began')
      const ended = told.filter(({ phase }) => phase === 'ended')
      expect(summary).toMatchObject({ clip: 'tud-stadtmitte_h264_640x480_25fps.mp4', frames: 179 })
      expect(summary.alerts).toBe(began.length)
      expect(began.length).toBeGreaterThan(5)
      expect(
        began.every(({ objects }) => objects.every((one: { label: string }) => one.label === 'person')),
      ).toBe(true)
      expect(ended.map(({ id }) => id).sort()).toEqual(began.map(({ id }) => id).sort())
      expect(readdirSync(pictures).sort()).toEqual(began.map(({ id }) => `${id}.jpg`).sort())
    },
  )
})
