/** What real decoders paint where they know nothing: the grey that tests draw is theirs. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { isCorrupted } from '../../src/health/corruption.ts'
import { Texture } from '../../src/health/texture.ts'
import { LumaShrinker } from '../../src/ingest/luma.ts'

const [width, height] = [512, 288]

/** Luma of the first picture that comes out where so many of the coded ones are lost. */
function firstPicture(lost: number): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'skyeye-grey-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [whole, cut] = [join(folder, 'whole.mkv'), join(folder, 'cut.mkv')]
  const run = (args: string[]) => execFileSync('ffmpeg', ['-v', 'quiet', '-nostdin', ...args])
  const source = `testsrc=size=${width}x${height}:rate=10:duration=2`
  run([
    '-f',
    'lavfi',
    '-i',
    source,
    ...['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0'],
    whole,
  ])
  run(['-i', whole, '-c', 'copy', '-bsf:v', `noise=drop='lt(n,${lost})'`, cut])
  const raw = ['-frames:v', '1', '-pix_fmt', 'yuv420p', '-f', 'rawvideo', 'pipe:1']
  return run(['-flags', 'output_corrupt', '-i', cut, ...raw]).subarray(0, width * height)
}

function judged(pixels: Uint8Array): boolean {
  const luma = new LumaShrinker().shrink(pixels, width, height)
  const texture = new Texture(luma)
  texture.measure(luma)
  return isCorrupted(texture, undefined)
}

it('finds a picture corrupted that came without its key picture, and not the one with it', () => {
  expect(judged(firstPicture(1))).toBe(true)
  expect(judged(firstPicture(0))).toBe(false)
})
