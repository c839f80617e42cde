import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { clearlyNearest, LoopPictures, sentNear } from '../../scripts/bench/latency-pictures.ts'

describe('the schedule of a simulated camera', () => {
  const schedule = { sentMs: [0, 40, 80, 120], periodMs: 160 }

  it('says what was sent about when, over the seam of the loop', () => {
    expect(sentNear(schedule, 1_000, 1_150, 40)).toEqual([
      { picture: 3, at: 1_120 },
      { picture: 0, at: 1_160 },
    ])
    // 99 s are 618 rounds and 120 ms.
    expect(sentNear(schedule, 1_000, 100_000, 39)).toEqual([{ picture: 3, at: 100_000 }])
  })
})

describe('the nearest of many', () => {
  it('is none where another is nearly as near', () => {
    expect(clearlyNearest([30, 10, 20])).toBe(1)
    expect(clearlyNearest([30, 10, 12])).toBeUndefined()
    expect(clearlyNearest([10])).toBe(0)
    expect(clearlyNearest([])).toBeUndefined()
  })
})

describe('the picture that decided an alert', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const ffmpeg = (...args: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-nostdin', ...args])
  const coder = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-g', '25', '-b:v', '800k']

  const clip = (source: string, name: string) => {
    const file = join(folder, name)
    ffmpeg('-f', 'lavfi', '-i', `${source}=size=704x576:rate=25:duration=2`, ...coder, file)
    return file
  }
  const jpegOf = (file: string, picture: number) =>
    ffmpeg('-i', file, '-vf', `select=eq(n\\,${picture})`, ...['-frames:v', '1', '-f', 'mjpeg', 'pipe:1'])
  const loop = { codec: 'h264', seconds: 2, gop: 1, active: [], activity: 1, bitRate: 0, source: '' } as const

  afterAll(() => rmSync(folder, { recursive: true }))

  it('is known by what it shows, whatever the gateway says of its time', async () => {
    const file = clip('testsrc2', 'moving.mp4')
    const pictures = await LoopPictures.read({ ...loop, file }, 'd1')
    // In the fifth round of two seconds picture 17 is sent after 680 ms.
    for (const about of [8_680, 8_680 + 900, 8_680 - 900])
      expect(await pictures.sentAt(jpegOf(file, 17), 0, about)).toBe(8_680)
  })

  it('is not guessed where its neighbours show the same', async () => {
    const file = clip('smptebars', 'still.mp4')
    const pictures = await LoopPictures.read({ ...loop, file }, 'd1')
    expect(await pictures.sentAt(jpegOf(file, 17), 0, 8_680)).toBeUndefined()
  })
})
