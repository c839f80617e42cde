/** Replay: every frame once, with its own time, masked, in even sizes. */
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Frame } from '../../src/domain/frame.ts'
import { type ClipOptions, readClip } from '../../src/ingest/clip.ts'
import { Networks } from '../../src/ingest/networks.ts'
import { ClipFolder, ffmpeg, packetTimes } from './clips.ts'

let clips: ClipFolder
beforeAll(async () => {
  clips = await ClipFolder.make()
})
afterAll(() => clips[Symbol.asyncDispose]())

function options(more: Partial<ClipOptions> = {}): ClipOptions {
  return {
    camera: { id: 'yard', masks: [] },
    maxWidth: 1_280,
    networks: new Networks([]),
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    ...more,
  }
}

async function read(path: string, more?: Partial<ClipOptions>): Promise<Frame[]> {
  return Array.fromAsync(readClip(path, options(more)))
}

test.each(['libx264', 'libx265'] as const)(
  'a clip of %s gives each frame once, at its own time',
  async (codec) => {
    const path = await clips.draw(`${codec}.mp4`, { codec, fps: 15, seconds: 3, more: ['-bf', '2'] })
    const frames = await read(path, { startTime: 1_000_000 })
    const times = await packetTimes(path)
    expect(frames.map(({ index }) => index)).toEqual(Array.from({ length: 45 }, (_, i) => i))
    for (const [i, { frameTime }] of frames.entries()) {
      expect(frameTime - 1_000_000).toBeCloseTo((times[i] - times[0]) * 1_000, 0)
    }
    expect(new Set(frames.map(({ camera, width, height }) => `${camera} ${width}x${height}`))).toEqual(
      new Set(['yard 320x240']),
    )
  },
)

test('frames are wide at most as asked, keep their shape, and have even sides', async () => {
  const wide = await clips.draw('wide.mp4', { size: '1920x1080', fps: 2, seconds: 1 })
  expect((await read(wide)).map(({ width, height }) => [width, height])).toEqual([
    [1280, 720],
    [1280, 720],
  ])
  const odd = await clips.draw('odd.mkv', {
    size: '321x241',
    fps: 2,
    seconds: 1,
    more: ['-pix_fmt', 'yuv444p'],
  })
  const [{ width, height, pixels }] = await read(odd)
  expect([width, height % 2, pixels.length]).toEqual([320, 0, (width * height * 3) / 2])
})

test('at a lower rate the average is kept and each frame keeps its own time', async () => {
  const path = await clips.draw('fast.mp4', { fps: 12, seconds: 10 })
  const times = (await read(path, { fps: 5 })).map(({ frameTime }) => frameTime)
  expect(times.length).toBeGreaterThanOrEqual(50)
  expect(times.length).toBeLessThanOrEqual(51)
  for (const time of times) expect((time * 12) / 1_000).toBeCloseTo(Math.round((time * 12) / 1_000), 1)
})

test('masks are black before anybody sees a frame', async () => {
  const path = await clips.draw('masked.mp4', { fps: 2, seconds: 1 })
  const half = [
    { x: 0, y: 0 },
    { x: 0.5, y: 0 },
    { x: 0.5, y: 1 },
    { x: 0, y: 1 },
  ]
  const masked = await read(path, { camera: { id: 'yard', masks: [half] } })
  const plain = await read(path)
  for (const [i, { pixels, width, height }] of masked.entries()) {
    for (let y = 0; y < height; y++) {
      const row = pixels.subarray(y * width, y * width + width)
      expect(row.subarray(0, width / 2).every((luma) => luma === 16)).toBe(true)
      expect(row.subarray(width / 2 + 2)).toEqual(
        plain[i].pixels.subarray(y * width + width / 2 + 2, (y + 1) * width),
      )
    }
  }
})

test('a picture that is attached to a clip is not its video', async () => {
  const cover = join(clips.path, 'cover.png')
  const path = join(clips.path, 'covered.mp4')
  await ffmpeg('-f', 'lavfi', '-i', 'color=red:size=64x64', '-frames:v', '1', cover)
  const video = await clips.draw('video.mp4', { fps: 5, seconds: 1 })
  await ffmpeg(
    '-i',
    cover,
    '-i',
    video,
    '-map',
    '0',
    '-map',
    '1',
    '-c',
    'copy',
    '-disposition:v:0',
    'attached_pic',
    path,
  )
  expect((await read(path)).map(({ width }) => width)).toEqual(Array(5).fill(320))
})

test('a clip whose size changes ends with FORMAT_CHANGED, after the frames before it', async () => {
  const first = await clips.draw('first.h264', { fps: 5, seconds: 1 })
  const second = await clips.draw('second.h264', { fps: 5, seconds: 1, size: '160x120' })
  const both = join(clips.path, 'both.h264')
  await ffmpeg('-i', `concat:${first}|${second}`, '-c', 'copy', both)
  let frames = 0
  const reading = (async () => {
    for await (const _ of readClip(both, options())) frames++
  })()
  await expect(reading).rejects.toMatchObject({ code: 'FORMAT_CHANGED' })
  expect(frames).toBe(5)
})

test('a clip that is turned on its side ends too, though its pictures have as many bytes as before', async () => {
  const lying = await clips.draw('lying.h264', { fps: 5, seconds: 1, size: '320x240' })
  const upright = await clips.draw('upright.h264', { fps: 5, seconds: 1, size: '240x320' })
  const turned = join(clips.path, 'turned.h264')
  await ffmpeg('-i', `concat:${lying}|${upright}`, '-c', 'copy', turned)
  const shown: Frame[] = []
  const reading = (async () => {
    for await (const frame of readClip(turned, options())) shown.push(frame)
  })()
  await expect(reading).rejects.toMatchObject({ code: 'FORMAT_CHANGED' })
  const before = await read(lying)
  expect(shown.map(({ pixels }) => pixels)).toEqual(before.map(({ pixels }) => pixels))
})

test('a reader that leaves or a signal ends the clip at once', async () => {
  const path = await clips.draw('left.mp4', { fps: 30, seconds: 5 })
  for await (const { index } of readClip(path, options())) if (index === 2) break
  const stopping = new AbortController()
  let seen = 0
  const reading = (async () => {
    for await (const _ of readClip(path, options({ signal: stopping.signal })))
      if (++seen === 3) stopping.abort()
  })()
  await reading
  expect(seen).toBeLessThan(150)
})

const shared = resolve('../shared/videos')
describe.skipIf(!existsSync(shared))('the shared clips (skipped where ../shared/videos is absent)', () => {
  const wanted = /^(pets09|tud|kitti|nvidia|frigate)/
  const names = existsSync(shared)
    ? readdirSync(shared).filter((name) => wanted.test(name) && name.endsWith('.mp4'))
    : []

  test.each(names)('%s: as many frames as its packets', async (name) => {
    let frames = 0
    for await (const _ of readClip(join(shared, name), options({ maxWidth: 320 }))) frames++
    expect(frames).toBe((await packetTimes(join(shared, name))).length)
    if (name.startsWith('pets09')) expect(frames).toBe(795)
  })
})
