/** The NUT reader against what ffmpeg really writes, and against what it should never write. */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { NutReader, type Picture } from '../../src/ingest/nut.ts'
import { GatewayError } from '../../src/kit/errors.ts'
import { ffmpeg } from './clips.ts'

const card = ['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25:duration=1,settb=1/90000,setpts=PTS+N*N*100']
const nutOutput = [
  '-fps_mode',
  'passthrough',
  '-enc_time_base',
  '-1',
  '-c:v',
  'rawvideo',
  '-f',
  'nut',
  'pipe:1',
]
let nut: Buffer
let raw: Buffer

beforeAll(async () => {
  const same = [...card, '-pix_fmt', 'yuv420p']
  nut = await ffmpeg(...same, ...nutOutput)
  raw = await ffmpeg(...same, '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1')
})

function read(bytes: Buffer, chunkSize: number): Picture[] {
  const reader = new NutReader()
  const pictures: Picture[] = []
  for (let at = 0; at < bytes.length; at += chunkSize) {
    pictures.push(...reader.feed(bytes.subarray(at, at + chunkSize)))
  }
  return pictures
}

test.each([1, 7, 4_609, 65_536, 10_000_000])(
  'pictures come out byte for byte, however the pipe cuts them (%i bytes a time)',
  (size) => {
    const pictures = read(nut, size)
    expect(pictures).toHaveLength(25)
    expect(pictures.every(({ width, height }) => width === 64 && height === 48)).toBe(true)
    expect(Buffer.concat(pictures.map(({ pixels }) => pixels)).equals(raw)).toBe(true)
  },
)

test('each picture keeps the time of the stream, also at an uneven rate', async () => {
  const frames = await ffmpeg(
    ...card,
    '-fps_mode',
    'passthrough',
    '-enc_time_base',
    '-1',
    '-f',
    'framecrc',
    'pipe:1',
  )
  const ticks = frames
    .toString()
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => Number(line.split(',')[2]))
  expect(new Set(ticks.slice(1).map((tick, i) => tick - ticks[i])).size).toBeGreaterThan(3)
  const times = read(nut, 65_536).map(({ timeMs }) => Math.round(timeMs * 90))
  expect(times).toEqual(ticks)
})

test('a picture has an ArrayBuffer of its own that can be handed to another thread', () => {
  const [first, second] = read(nut, 65_536)
  expect(first.pixels.buffer.byteLength).toBe(first.pixels.byteLength)
  const before = Uint8Array.from(second.pixels)
  const moved = structuredClone(first.pixels, { transfer: [first.pixels.buffer] })
  expect(moved.length).toBe(64 * 48 * 1.5)
  expect(first.pixels.length).toBe(0)
  expect(second.pixels).toEqual(before)
})

test('times far apart, as after a gap of hours, are read right', async () => {
  const gap = 'testsrc2=size=16x16:rate=1:duration=3,setpts=PTS+gt(N\\,1)*90000/TB'
  const bytes = await ffmpeg('-f', 'lavfi', '-i', gap, '-pix_fmt', 'yuv420p', ...nutOutput)
  expect(read(bytes, 1_000).map(({ timeMs }) => timeMs / 1_000)).toEqual([0, 1, 90_002])
})

test('a picture of another size than announced ends the stream with FORMAT_CHANGED', () => {
  const announced = nut.indexOf(Buffer.from([64, 48, 1, 1]))
  const lying = Buffer.from(nut)
  lying[announced] = 66
  expect(announced).toBeGreaterThan(0)
  expect(() => read(lying, 65_536)).toThrow(expect.objectContaining({ code: 'FORMAT_CHANGED' }))
})

test.each(['8x8', '18x2', '8200x16'])('pictures of %s are refused by name', async (size) => {
  const bytes = await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    `color=size=${size}:rate=1:duration=1`,
    '-pix_fmt',
    'yuv420p',
    ...nutOutput,
  )
  expect(() => read(bytes, 65_536)).toThrow(size)
})

test('other pixels than I420, other things than NUT and headers without end are refused', async () => {
  const grey = await ffmpeg(...card, '-pix_fmt', 'gray', ...nutOutput)
  expect(() => read(grey, 65_536)).toThrow('I420')
  expect(() => read(Buffer.alloc(100_000, 'x'), 100)).toThrow('not NUT')
  const endless = Buffer.concat([nut.subarray(0, 60), Buffer.alloc(200_000, 0x80)])
  expect(() => read(endless, 1_000)).toThrow(GatewayError)
})

test('whatever bytes are altered, it gives pictures of a sane size or says what is wrong', () => {
  const head = nut.subarray(0, 6_000)
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(head.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (edits) => {
        const altered = Buffer.from(head)
        for (const [at, value] of edits) altered[at] = value
        try {
          for (const { width, height, pixels } of read(altered, 997)) {
            expect(pixels.length).toBe((width * height * 3) / 2)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})
