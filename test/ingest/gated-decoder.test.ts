/** The gate at work on drawn clips and a real ffmpeg: who decides is a script, what comes out must be just what it asked for. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { codedPictures } from '../../scripts/bench/coded-clip.ts'
import type { CodedPicture } from '../../src/domain/coded-picture.ts'
import type { Trouble } from '../../src/domain/coverage.ts'
import { GatedDecoder, type GatedPicture } from '../../src/ingest/gated-decoder.ts'
import { Mask, type Painter } from '../../src/ingest/mask.ts'
import type { Choice, CodedFacts, Gate } from '../../src/ingest/ports.ts'
import { TurningMask } from '../../src/ingest/turning-mask.ts'
import type { GatewayError } from '../../src/kit/errors.ts'
import { ClipFolder, ffmpeg } from './clips.ts'

const fps = 25
let clips: ClipFolder
let plain: string
beforeAll(async () => {
  clips = await ClipFolder.make()
  plain = await clips.draw('plain.mp4', {
    fps,
    seconds: 12,
    more: ['-g', '50', '-bf', '0', '-sc_threshold', '0'],
  })
})
afterAll(() => clips[Symbol.asyncDispose]())

/** Everything closed but what the test says; opens from a shown picture where `moved` says so. */
function scripted(
  coded: (facts: CodedFacts, index: number) => Choice,
  moved = (_timeMs: number) => false,
): Gate {
  let index = 0
  return {
    isOpen: false,
    coded: (facts) => coded(facts, index++),
    shown: (_, timeMs) => ({ open: moved(timeMs), look: [] }),
  }
}

class Bench {
  readonly out: GatedPicture[] = []
  readonly failures: GatewayError[] = []
  readonly missed: Trouble[] = []
  readonly decoder: GatedDecoder
  taken = 0
  given = 0

  constructor(gate: Gate, memory = Number.POSITIVE_INFINITY, mask: Painter = new Mask([])) {
    this.decoder = new GatedDecoder({
      gate,
      mask,
      pixels: {
        take: (bytes) => {
          if (this.taken - this.given >= memory) return undefined
          this.taken++
          return new Uint8Array(bytes)
        },
        give: () => void this.given++,
      },
      maxWidth: 1_280,
      fps: 5,
      onPicture: (picture) => this.out.push(picture),
      onMissed: (trouble) => this.missed.push(trouble),
      onFailure: (failure) => this.failures.push(failure),
    })
  }

  /** In lock-step: the next picture comes when what was asked for is out, or is held back by a decoder that reorders. */
  async play(pictures: readonly CodedPicture[], holdBackMs = 3_000): Promise<void> {
    for (const picture of pictures) {
      this.decoder.take(picture)
      await Promise.race([this.decoder.settled(), sleep(holdBackMs, undefined, { ref: false })])
    }
  }

  get times(): number[] {
    return this.out.map(({ timeMs }) => Math.round(timeMs))
  }
}

let bench: Bench
afterEach(() => bench.decoder.stop())

/** Of the picture, an eighth of the width. */
const corner = [
  { x: 0, y: 0 },
  { x: 0.125, y: 0 },
  { x: 0.125, y: 0.125 },
  { x: 0, y: 0.125 },
]

const onlyKeys = ({ key }: CodedFacts): Choice => (key ? 'show' : 'keep')

describe('a gate that is closed', () => {
  it('decodes key pictures and nothing else, and gives each away before the next one comes', async () => {
    bench = new Bench(scripted(onlyKeys))
    await bench.play((await codedPictures(plain, 'h264')).slice(0, 101))
    expect(bench.times).toEqual([0, 2_000, 4_000])
    expect(bench.decoder.counters).toMatchObject({ coded: 101, decoded: 3, shown: 3, openings: 0, lost: 0 })
  })

  it('shows a picture in the middle when asked to, with all that it needs', async () => {
    bench = new Bench(scripted((facts, i) => (i === 60 ? 'show' : onlyKeys(facts))))
    await bench.play((await codedPictures(plain, 'h264')).slice(0, 75))
    expect(bench.times).toEqual([0, 2_000, 2_400])
    expect(bench.decoder.counters.decoded).toBe(1 + 11)
    const [whole] = await framesOf(plain, 60)
    expect(Buffer.from(bench.out[2].pixels).equals(whole)).toBe(true)
  })
})

describe('a gate that opens', () => {
  it('hands over what came since the last shown picture as a burst, in order, then follows', async () => {
    let open = false
    const gate = scripted((facts, i) => {
      if (i === 120) {
        open = true
        return 'open'
      }
      return open ? (i % 5 === 0 ? 'show' : 'decode') : onlyKeys(facts)
    })
    bench = new Bench(gate)
    await bench.play((await codedPictures(plain, 'h264')).slice(0, 131))
    expect(bench.times.slice(0, 3)).toEqual([0, 2_000, 4_000])
    const late = bench.out.filter(({ burst }) => burst).map(({ timeMs }) => timeMs)
    expect(late.length).toBeGreaterThanOrEqual(4)
    expect(late[0]).toBe(4_040)
    expect(late.every((time) => time > 4_000 && time < 4_800)).toBe(true)
    expect(bench.times.slice(-3)).toEqual([4_800, 5_000, 5_200])
    expect(bench.times).toEqual(bench.times.toSorted((a, b) => a - b))
    expect(bench.decoder.counters).toMatchObject({ openings: 1, lost: 0 })
  })

  it('goes back to the picture before where two key pictures differ, with twelve pictures at most', async () => {
    let told = false
    const moved = (timeMs: number) => {
      const now = timeMs === 6_000 && !told
      told ||= now
      return now
    }
    bench = new Bench(scripted(onlyKeys, moved))
    await bench.play((await codedPictures(plain, 'h264')).slice(0, 201))
    expect(bench.times.slice(0, 3)).toEqual([0, 2_000, 4_000])
    const since = bench.times.filter((time) => time > 4_000 && time <= 6_000)
    expect(since.length).toBeGreaterThanOrEqual(10)
    expect(since.length).toBeLessThanOrEqual(12)
    expect(since.at(-1)).toBe(6_000)
    // The picture that gave it away comes once: in its place.
    expect(new Set(bench.times).size).toBe(bench.times.length)
    expect(bench.times.at(-1)).toBe(8_000)
    // What is out is what a decoder that saw everything shows.
    const middle = bench.out.find(({ timeMs }) => timeMs > 4_800 && timeMs < 5_200)
    const [whole] = await framesOf(plain, Math.round(((middle?.timeMs ?? 0) / 1_000) * fps))
    expect(Buffer.from(middle?.pixels ?? []).equals(whole)).toBe(true)
  })
})

describe('odd streams', () => {
  it.each(['libx264', 'libx265'] as const)(
    'a reordering %s stream gives its key picture as soon as its successors come',
    async (codec) => {
      const params =
        codec === 'libx265'
          ? ['-x265-params', 'log-level=error:bframes=3:keyint=50:min-keyint=50']
          : ['-bf', '3', '-g', '50']
      const clip = await clips.draw(`b-${codec}.mp4`, { codec, fps, seconds: 6, more: params })
      bench = new Bench(scripted(onlyKeys))
      const pictures = await codedPictures(clip, codec === 'libx265' ? 'h265' : 'h264')
      await bench.play(pictures.slice(0, 70), 60)
      expect(bench.out.length).toBe(2)
      expect(bench.out[1].timeMs - bench.out[0].timeMs).toBeCloseTo(2_000, 0)
      expect(bench.decoder.counters.decoded).toBeLessThan(30)
    },
  )

  it('a stream that begins in the middle waits for its first key picture', async () => {
    bench = new Bench(scripted(({ key }) => (key ? 'show' : 'decode')))
    await bench.play((await codedPictures(plain, 'h264')).slice(10, 60))
    expect(bench.times).toEqual([2_000])
  })

  it('a time that jumps back begins anew and is not followed by what came before', async () => {
    const pictures = await codedPictures(plain, 'h264')
    const again = pictures
      .slice(0, 60)
      .map((one) => ({ ...one, timeMs: one.timeMs - 100_000, arrivedAt: one.arrivedAt + 4_000 }))
    bench = new Bench(scripted(onlyKeys))
    await bench.play([...pictures.slice(0, 100), ...again])
    expect(bench.times).toEqual([0, 2_000, -100_000, -98_000])
    const frameTimes = bench.out.map(({ frameTime }) => frameTime)
    expect(frameTimes).toEqual(frameTimes.toSorted((a, b) => a - b))
  })

  it.each([1_500, 5_000, 9_000])('a time that jumps back by %i ms leaves nothing out', async (jumpMs) => {
    const pictures = (await codedPictures(plain, 'h264')).slice(0, 250)
    // In the middle of a group of pictures: the next key picture may be far.
    const set = (one: CodedPicture, i: number) => (i < 230 ? one : { ...one, timeMs: one.timeMs - jumpMs })
    bench = new Bench(scripted((_, i) => (i % 5 === 0 ? 'show' : 'decode')))
    await bench.play(pictures.map(set))
    expect(bench.times).toEqual(Array.from({ length: 50 }, (_, i) => i * 200 - (i < 46 ? 0 : jumpMs)))
    expect(bench.decoder.counters.lost).toBe(0)
  })

  it('going back in H.265 without a picture that begins a sequence shows just what a whole decoding shows', async () => {
    const params = 'log-level=error:open-gop=1:bframes=3:keyint=50:min-keyint=50:scenecut=0'
    // The reordering that a fast preset leaves out is what mixes the pictures up.
    const more = ['-preset', 'veryfast', '-x265-params', params]
    const clip = await clips.draw('open.mp4', { codec: 'libx265', fps, seconds: 9, more })
    let told = false
    const moved = (timeMs: number) => {
      const now = timeMs > 5_900 && !told
      told ||= now
      return now
    }
    bench = new Bench(scripted(onlyKeys, moved))
    const pictures = await codedPictures(clip, 'h265')
    await bench.play(pictures.slice(0, 215), 100)
    const firstMs = Math.min(...pictures.map(({ timeMs }) => timeMs))
    const burst = bench.out.filter(({ burst: isBurst }) => isBurst)
    expect(burst.length).toBeGreaterThanOrEqual(10)
    const all = await ffmpeg(...['-i', clip, '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'])
    for (const { timeMs, pixels } of burst) {
      const at = Math.round(((timeMs - firstMs) / 1_000) * fps) * pixels.length
      const whole = all.subarray(at, at + pixels.length)
      expect(Buffer.from(pixels).equals(whole), `the picture of ${timeMs} ms`).toBe(true)
    }
    expect(bench.decoder.counters.lost).toBe(0)
  })

  describe('whose key pictures have leading pictures', () => {
    let pictures: CodedPicture[]
    beforeAll(async () => {
      const params = 'log-level=error:open-gop=1:bframes=3:keyint=50:min-keyint=50:scenecut=0'
      const clip = await clips.draw('leading.mp4', {
        codec: 'libx265',
        fps,
        seconds: 6,
        more: ['-x265-params', params],
      })
      pictures = await codedPictures(clip, 'h265')
    })

    it('shows none of them where the key picture was decoded alone', async () => {
      const second = pictures.findIndex(({ key }, i) => key && i > 0)
      const keyMs = pictures[second].timeMs
      expect(pictures.some(({ timeMs }, i) => i > second && timeMs < keyMs)).toBe(true)
      bench = new Bench(scripted((facts, i) => (i > second ? 'show' : onlyKeys(facts))))
      await bench.play(pictures.slice(0, second + 20), 100)
      expect(bench.out.length).toBeGreaterThan(10)
      const [first, ...rest] = bench.times
      expect(first).toBeLessThan(keyMs)
      expect(Math.min(...rest)).toBe(Math.round(keyMs))
    })

    it('begins with them left out, also where their time is below 0', async () => {
      const second = pictures.findIndex(({ key }, i) => key && i > 0)
      const keyMs = pictures[second].timeMs
      const from = pictures.slice(second).map((one) => ({ ...one, timeMs: one.timeMs - keyMs }))
      bench = new Bench(scripted(() => 'show'))
      await bench.play(from.slice(0, 30), 100)
      expect(bench.out.length).toBeGreaterThan(10)
      expect(Math.min(...bench.times)).toBe(0)
    })
  })

  it('a group of pictures too large for the ring is followed, but not looked back into', async () => {
    const pictures = await codedPictures(plain, 'h264')
    // Decoders skip zeros behind a picture.
    const fat = pictures.map((one) => ({ ...one, bytes: Buffer.concat([one.bytes, Buffer.alloc(400_000)]) }))
    bench = new Bench(scripted((facts, i) => (i > 25 && i < 50 ? 'show' : onlyKeys(facts))))
    await bench.play(fat.slice(0, 52))
    expect(bench.missed.filter((trouble) => trouble === 'failed').length).toBeGreaterThan(10)
    expect(bench.times.at(-1)).toBe(2_000)
    bench.missed.length = 0
    await bench.decoder.stop()

    bench = new Bench(scripted(() => 'show'))
    await bench.play(fat.slice(0, 45))
    expect(bench.times).toEqual(Array.from({ length: 45 }, (_, i) => i * 40))
    expect(bench.missed).toEqual([])
  })

  it('what a decoder made up is not shown to anybody and not called watched', async () => {
    const gate: Gate = {
      isOpen: false,
      coded: onlyKeys,
      shown: (_, timeMs) => ({ open: false, look: [], worthless: timeMs === 2_000 }),
    }
    bench = new Bench(gate)
    await bench.play((await codedPictures(plain, 'h264')).slice(0, 101))
    expect(bench.times).toEqual([0, 4_000])
    expect(bench.missed).toEqual(['damaged'])
    expect(bench.taken - bench.given).toBe(2)
  })

  it('of a camera that turns, where nobody knows its masks, is held back, and nobody judges it', async () => {
    const judged: number[] = []
    const gate: Gate = {
      isOpen: false,
      coded: onlyKeys,
      masks: (_, timeMs) => (timeMs === 2_000 ? undefined : timeMs === 0 ? [] : [corner]),
      shown: (_, timeMs) => {
        judged.push(timeMs)
        return { open: false, look: [], preset: 'gate' }
      },
    }
    bench = new Bench(gate, undefined, new TurningMask(gate))
    await bench.play((await codedPictures(plain, 'h264')).slice(0, 101))
    expect(bench.out.map(({ preset, withheld }) => withheld ?? preset)).toEqual(['gate', true, 'gate'])
    expect(judged).toEqual([0, 4_000])
    expect(bench.out.map(({ pixels }) => pixels.subarray(0, 32).every((luma) => luma === 16))).toEqual([
      ...[false, false, true],
    ])
    expect(bench.missed).toEqual([])
  })

  it('a decoder that hangs is fed nothing beyond five seconds, and goes on where it stopped', async () => {
    const pictures = await codedPictures(plain, 'h264')
    const fat = pictures.map((one) => ({ ...one, bytes: Buffer.concat([one.bytes, Buffer.alloc(4_000)]) }))
    bench = new Bench(scripted(() => 'show'))
    await bench.play(fat.slice(0, 10))
    const [pid] = decoders()
    process.kill(pid, 'SIGSTOP')
    for (const picture of fat.slice(10, 249)) bench.decoder.take(picture)
    const { skipped } = bench.decoder.counters
    process.kill(pid, 'SIGCONT')
    await bench.decoder.settled()
    expect(skipped).toBeGreaterThan(60)
    expect(bench.missed).toHaveLength(skipped)
    expect(new Set(bench.times).size).toBe(bench.times.length)
    await bench.play(fat.slice(249, 252))
    expect(bench.times.slice(-3)).toEqual([9_960, 10_000, 10_040])
    expect(bench.decoder.counters.lost).toBe(0)
  })

  it('a picture without memory is left out, counted, and the stream goes on', async () => {
    bench = new Bench(scripted(onlyKeys), 2)
    await bench.play((await codedPictures(plain, 'h264')).slice(0, 151), 20)
    expect(bench.times).toEqual([0, 2_000])
    bench.given = 2
    await bench.play((await codedPictures(plain, 'h264')).slice(151, 201), 50)
    await bench.decoder.settled()
    expect(bench.times).toEqual([0, 2_000, 8_000])
    expect(bench.decoder.counters.lost).toBe(2)
  })

  it('a decoder that is killed is told, and nothing is left behind', async () => {
    bench = new Bench(scripted(onlyKeys))
    await bench.play((await codedPictures(plain, 'h264')).slice(0, 60))
    process.kill(decoders()[0], 'SIGKILL')
    while (bench.failures.length === 0) await sleep(20)
    expect(bench.failures[0].code).toBe('DECODER_CRASHED')
    await bench.decoder.stop()
    expect(decoders()).toEqual([])
  })
})

/** Ids of the ffmpegs that run for this test. */
function decoders(): number[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid.trim() !== '')
    .filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('ffmpeg'))
    .map(Number)
}

/** Raw pictures of a clip from one number on, as ffmpeg decodes them from the start. */
async function framesOf(clip: string, index: number): Promise<Buffer[]> {
  const raw = await ffmpeg(
    '-i',
    clip,
    '-vf',
    `select=eq(n\\,${index})`,
    '-fps_mode',
    'passthrough',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'yuv420p',
    'pipe:1',
  )
  return [raw]
}
