import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { crowd } from '../../scripts/bench/crowd.ts'

function run(...args: string[]) {
  const program = fileURLToPath(new URL('../../scripts/bench-tracks.ts', import.meta.url))
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
}

it('draws a crowd that stays in the picture, the same each time', () => {
  const frames = crowd(30, 60)
  expect(frames).toEqual(crowd(30, 60))
  expect(frames).toHaveLength(300)
  for (const { truths } of frames) {
    for (const { x1, y1, x2, y2 } of truths) expect(x1 > 0 && y1 > 0 && x2 < 1 && y2 < 1).toBe(true)
  }
})

it('says in one line of JSON what the tracker manages, beside the floor', () => {
  const { status, stdout } = run('--seconds', '0.01', '--json')
  expect(status).toBe(0)
  const { crowds, target, met } = JSON.parse(stdout)
  expect(crowds.map(({ people }: { people: number }) => people)).toEqual([5, 20, 60])
  for (const { trackerPerSecond, floorPerSecond, ratio } of crowds) {
    expect(trackerPerSecond).toBeGreaterThan(0)
    expect(ratio).toBeCloseTo(trackerPerSecond / floorPerSecond, 2)
  }
  expect(target.perSecond).toBe(20_000)
  expect(typeof met).toBe('boolean')
})

it('explains itself, and refuses a time that is none', () => {
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--seconds N') })
  const { status, stderr } = run('--seconds', 'soon')
  expect(status).toBe(2)
  expect(stderr).toContain('--seconds soon: a number from 0.01')
})
