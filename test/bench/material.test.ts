import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { activeBetween, material, phases } from '../../scripts/bench/material.ts'

const footage = fileURLToPath(new URL('../../../shared/videos/', import.meta.url))

/** Mean difference of luma, 0..255, between the pictures at two seconds of a clip. */
function difference(file: string, one: number, other: number): number {
  const [a, b] = [one, other].map((at) => {
    const args = ['-v', 'error', '-ss', String(at), '-i', file, '-frames:v', '1', '-vf', 'scale=88:72']
    return execFileSync('ffmpeg', [...args, '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'])
  })
  return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]), 0) / a.length
}

describe('the material of a benchmark', () => {
  it('is entered by each camera at another place, so that the active share is the same at any time', () => {
    expect(phases(4, { seconds: 60 })).toEqual([0, 15, 30, 45])
  })

  it('says when a camera is active, from when its loop first began', () => {
    const loop = { seconds: 10, active: [{ from: 2, to: 5 }] }
    expect(activeBetween(loop, 1_000, 1_000, 21_000)).toEqual([
      { from: 3_000, to: 6_000 },
      { from: 13_000, to: 16_000 },
    ])
    // One that had begun before is not expected to begin again.
    expect(activeBetween(loop, 1_000, 3_001, 21_000)).toEqual([{ from: 13_000, to: 16_000 }])
    expect(activeBetween({ seconds: 10, active: [] }, 1_000, 0, 99_000)).toEqual([])
  })

  it.skipIf(!existsSync(footage))(
    'shows somebody at the times it says and an empty room at all others (needs ../shared/videos)',
    async () => {
      const wish = { stream: 'd1', codec: 'h264', activity: 0.5, gop: 2, rate: 'vbr' } as const
      const { file, seconds, active, activity } = await material(wish)
      expect({ seconds, active }).toEqual({ seconds: 26, active: [{ from: 1, to: 13.5 }] })
      expect(activity).toBeCloseTo(0.5, 1)
      expect(difference(file, 20, 25)).toBeLessThan(1)
      expect(difference(file, 20, 0.3)).toBeLessThan(1.5)
      expect(difference(file, 20, 16.8)).toBeLessThan(1.5)
      for (const second of [2, 6, 11, 13]) expect(difference(file, 20, second)).toBeGreaterThan(8)
    },
  )
})
