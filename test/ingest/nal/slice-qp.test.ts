/** Quantisers read from slice headers, against what ffmpeg reads from the same streams. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Codec } from '../../../src/domain/coded-picture.ts'
import { SliceQuantiser } from '../../../src/ingest/nal/slice-qp.ts'
import { ClipFolder, ffmpeg } from '../clips.ts'

const run = promisify(execFile)
const muxer = { h264: 'h264', h265: 'hevc' }
let clips: ClipFolder

beforeAll(async () => {
  clips = await ClipFolder.make()
})
afterAll(() => clips[Symbol.asyncDispose]())

/** A noisy card of 30 pictures that fades in (so that weights are used), as a plain stream of NAL units. */
async function draw(codec: Codec, name: string, more: readonly string[]): Promise<string> {
  const path = join(clips.path, `${name}.${codec}`)
  const card = 'testsrc2=size=192x128:rate=25:duration=1.2,noise=c0s=20:c0f=t,fade=in:0:25'
  await ffmpeg('-f', 'lavfi', '-i', card, '-pix_fmt', 'yuv420p', ...more, '-f', muxer[codec], path)
  return path
}

async function nalUnits(path: string): Promise<Buffer[]> {
  const bytes = await readFile(path)
  const starts: number[] = []
  for (let at = bytes.indexOf('\0\0\x01'); at >= 0; at = bytes.indexOf('\0\0\x01', at + 3))
    starts.push(at + 3)
  return starts.map((start, n) => bytes.subarray(start, (starts[n + 1] ?? bytes.length + 3) - 3))
}

function isSlice(codec: Codec, nal: Buffer): boolean {
  const first = nal[0] ?? 0
  return codec === 'h264' ? (first & 31) === 1 || (first & 31) === 5 : first >> 1 <= 21
}

/** Ours, of each slice. */
async function quantisers(codec: Codec, path: string): Promise<(number | undefined)[]> {
  const quantiser = new SliceQuantiser(codec)
  const found: (number | undefined)[] = []
  for (const nal of await nalUnits(path)) {
    quantiser.parameterSet(nal)
    if (isSlice(codec, nal)) found.push(quantiser.of(nal))
  }
  return found
}

/** ffmpeg's, of each slice. */
async function traced(codec: Codec, path: string): Promise<number[]> {
  const command = ['-nostdin', '-v', 'trace', '-f', muxer[codec], '-i', path, '-c', 'copy']
  const { stderr } = await run('ffmpeg', [...command, '-bsf:v', 'trace_headers', '-f', 'null', '-'], {
    maxBuffer: 2 ** 28,
  })
  let initial = 0
  const found: number[] = []
  for (const [, name, value] of stderr.matchAll(
    / (init_qp_minus26|pic_init_qp_minus26|slice_qp_delta) .* = (-?\d+)/g,
  )) {
    if (name === 'slice_qp_delta') found.push(26 + initial + Number(value))
    else initial = Number(value)
  }
  return found
}

const h264: [string, ...string[]][] = [
  ['baseline', '-profile:v', 'baseline'],
  ['weighted', '-bf', '3', '-x264-params', 'weightp=2:weightb=1:ref=4:b-pyramid=normal'],
  ['interlaced', '-x264-params', 'interlaced=1:bframes=2:ref=3'],
  ['fake-interlaced', '-x264-params', 'tff=1:fake-interlaced=1'],
  ['slices', '-x264-params', 'slices=4:bframes=3:b-pyramid=strict:ref=8:open-gop=1:keyint=12'],
  [
    'constant-rate',
    '-b:v',
    '300k',
    '-maxrate',
    '300k',
    '-bufsize',
    '150k',
    '-x264-params',
    'cqm=jvt:nal-hrd=cbr',
  ],
  ['colour-444', '-pix_fmt', 'yuv444p'],
  ['grey', '-pix_fmt', 'gray'],
  ['ten-bits', '-pix_fmt', 'yuv422p10le'],
  ['intra-refresh', '-x264-params', 'intra-refresh=1:keyint=20'],
  ['lossless', '-x264-params', 'qp=0'],
  ['coarse', '-x264-params', 'cabac=0:8x8dct=1:qp=51'],
]

test.each(h264)('H.264, %s: each slice has the quantiser that ffmpeg reads', async (name, ...more) => {
  const path = await draw('h264', name, ['-c:v', 'libx264', ...more])
  const expected = await traced('h264', path)
  expect(expected.length).toBeGreaterThanOrEqual(30)
  expect(await quantisers('h264', path)).toEqual(expected)
})

const h265: [string, string, ...string[]][] = [
  ['plain', 'bframes=0'],
  ['pyramid', 'bframes=4:b-pyramid=1:ref=4:weightb=1'],
  ['weighted', 'weightp=1:ref=5:bframes=0'],
  ['few-tools', 'no-sao=1:no-temporal-mvp=1:keyint=10'],
  ['open', 'open-gop=1:keyint=12:bframes=3'],
  ['interlaced', 'interlace=tff'],
  ['scaled', 'wpp=0:scaling-list=default:cbqpoffs=3:crqpoffs=-2'],
  ['layers', 'temporal-layers=3:bframes=3'],
  ['constant-rate', 'bitrate=300:vbv-maxrate=300:vbv-bufsize=150:hrd=1'],
  ['colour-444', 'bframes=3', '-pix_fmt', 'yuv444p'],
  ['grey', 'bframes=3', '-pix_fmt', 'gray'],
  ['ten-bits', 'bframes=3', '-pix_fmt', 'yuv422p10le'],
]

test.each(h265)(
  'H.265, %s: each picture has the quantiser that ffmpeg reads',
  async (name, params, ...more) => {
    const encoder = ['-c:v', 'libx265', '-preset', 'fast', '-x265-params', `log-level=none:${params}`]
    const path = await draw('h265', name, [...encoder, ...more])
    const expected = await traced('h265', path)
    expect(expected).toHaveLength(30)
    expect(await quantisers('h265', path)).toEqual(expected)
  },
)

test('the second slice of an H.265 picture is left alone', async () => {
  const path = await draw('h265', 'slices', [
    '-c:v',
    'libx265',
    '-x265-params',
    'log-level=none:slices=2:bframes=0',
  ])
  const found = await quantisers('h265', path)
  expect(found).toHaveLength(60)
  expect(found.filter((_, n) => n % 2 === 1).every((qp) => qp === undefined)).toBe(true)
  expect(found.filter((_, n) => n % 2 === 0)).toEqual(
    (await traced('h265', path)).filter((_, n) => n % 2 === 0),
  )
})

test.each([['h264'], ['h265']] as const)(
  '%s: a slice whose parameter sets never came has no quantiser',
  async (codec) => {
    const path = await draw(codec, 'orphan', ['-c:v', codec === 'h264' ? 'libx264' : 'libx265'])
    const quantiser = new SliceQuantiser(codec)
    const slices = (await nalUnits(path)).filter((nal) => isSlice(codec, nal))
    expect(slices.map((nal) => quantiser.of(nal))).toEqual(slices.map(() => undefined))
  },
)

test.each([['h264'], ['h265']] as const)(
  '%s: cut and spoilt NAL units never throw nor leave 0..51',
  async (codec) => {
    const path = await draw(codec, 'spoilt', ['-c:v', codec === 'h264' ? 'libx264' : 'libx265', '-bf', '2'])
    const units = await nalUnits(path)
    const spoilt = fc.record({
      unit: fc.nat(units.length - 1),
      cut: fc.nat(60),
      at: fc.nat(40),
      bits: fc.integer({ min: 1, max: 255 }),
    })
    const check = (quantiser: SliceQuantiser, nal: Uint8Array) => {
      quantiser.parameterSet(nal)
      const qp = quantiser.of(nal)
      expect(qp === undefined || (Number.isInteger(qp) && qp >= 0 && qp <= 51)).toBe(true)
    }
    fc.assert(
      fc.property(
        fc.array(spoilt, { maxLength: 8 }),
        fc.array(fc.uint8Array({ maxLength: 200 })),
        (faults, noise) => {
          const quantiser = new SliceQuantiser(codec)
          for (const nal of units) quantiser.parameterSet(nal)
          for (const { unit, cut, at, bits } of faults) {
            const nal = Uint8Array.from(units[unit]!.subarray(0, cut))
            if (at < nal.length) nal[at]! ^= bits
            check(quantiser, nal)
          }
          for (const nal of noise) check(quantiser, nal)
          for (const nal of units) check(quantiser, nal)
        },
      ),
      { numRuns: 300 },
    )
  },
)

test('a parameter set that changes in mid-stream counts from then on', async () => {
  const first = await draw('h264', 'first', ['-c:v', 'libx264', '-x264-params', 'qp=20:bframes=0'])
  const second = await draw('h264', 'second', ['-c:v', 'libx264', '-x264-params', 'qp=40:bframes=0:cabac=0'])
  const both = [...(await nalUnits(first)), ...(await nalUnits(second))]
  const quantiser = new SliceQuantiser('h264')
  const found: (number | undefined)[] = []
  for (const nal of both) {
    quantiser.parameterSet(nal)
    if (isSlice('h264', nal)) found.push(quantiser.of(nal))
  }
  expect(found).toEqual([...(await traced('h264', first)), ...(await traced('h264', second))])
})
