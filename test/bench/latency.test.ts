import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { crossingsPerSecond, linesFor, watchedLines } from '../../scripts/bench/latency-lines.ts'
import { busyMaterial, busySpan } from '../../scripts/bench/latency-material.ts'

const program = fileURLToPath(new URL('../../scripts/bench-latency.ts', import.meta.url))
const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })

describe('bench:latency', () => {
  it('explains itself, and that simulator and broker share the machine', () => {
    const { status, stdout } = run('--help')
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('--cameras LIST') })
    expect(stdout).toContain('on the same machine')
  })

  it('refuses what it cannot do, in one sentence and with status 2', () => {
    for (const [args, sentence] of [
      [['--cameras', '1,many'], '--cameras many: a whole number from 1 to 256'],
      [['--cameras', '1,,8'], '--cameras : a whole number from 1 to 256'],
      [['--cameras', '8,8'], '--cameras 8,8: each number once'],
      [['--codec', 'vp9'], '--codec vp9: h264 or h265'],
      [['--gateway', '/nowhere'], '--gateway /nowhere: no gateway there'],
      [['--seconds', '0'], '--seconds 0: a number from 1 to 3600'],
      [['--quick'], "Unknown option '--quick'"],
    ] as const) {
      const { status, stdout, stderr } = run(...args)
      expect(stderr).toContain(sentence)
      expect(stderr).toContain('npm run bench:latency -- --help')
      expect(stderr).not.toContain('    at ')
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    }
  })
})

describe('what the cameras of bench:latency see', () => {
  it('is the part of the loop in which somebody is in the picture, cut at key pictures', () => {
    expect(busySpan({ active: [{ from: 0.8, to: 11.6 }], gop: 1 })).toEqual({ from: 1, to: 11 })
    expect(busySpan({ active: [{ from: 4, to: 8 }], gop: 2 })).toEqual({ from: 4, to: 8 })
    expect(() => busySpan({ active: [{ from: 1.1, to: 1.9 }], gop: 1 })).toThrow('nobody')
    expect(() => busySpan({ active: [], gop: 1 })).toThrow('nobody')
  })

  it('moves all the time, also over the seam', async () => {
    const { file, seconds, activity } = await busyMaterial('d1', 'h264')
    expect({ seconds, activity }).toEqual({ seconds: 10, activity: 1 })
    const [width, height] = [88, 72]
    const filter = ['-vf', `fps=2,scale=${width}:${height}:flags=area`, '-pix_fmt', 'gray', '-f', 'rawvideo']
    const rounds = ['-v', 'error', '-stream_loop', '1', '-i', file]
    const pictures = execFileSync('ffmpeg', [...rounds, ...filter, 'pipe:1'])
    const size = width * height
    for (let at = size; at < pictures.length; at += size) {
      const changed = pictures
        .subarray(at, at + size)
        .filter((value, n) => Math.abs(value - pictures[at - size + n]) > 15)
      expect(changed.length, `half-second ${at / size}`).toBeGreaterThan(20)
    }
  }, 120_000)

  it('is crossed by fewer lines the more cameras there are, so that alerts come about equally often', () => {
    // Two walkers in ten seconds: each line of each camera tells 0.2 times a second.
    expect(linesFor(1, { seconds: 10 })).toBe(3)
    expect(linesFor(3, { seconds: 10 })).toBe(2)
    expect(crossingsPerSecond(3, 2, { seconds: 10 })).toBeCloseTo(1.2)
    expect(linesFor(16, { seconds: 10 })).toBe(1)
  })

  it('is watched by a rule for each line, at even distances, without patience', () => {
    expect(watchedLines(3)).toEqual({
      lines: [
        { name: 'line-1', a: [0.25, 0], b: [0.25, 1] },
        { name: 'line-2', a: [0.5, 0], b: [0.5, 1] },
        { name: 'line-3', a: [0.75, 0], b: [0.75, 1] },
      ],
      rules: ['line-1', 'line-2', 'line-3'].map((line) => {
        return { kind: 'line-crossing', line, inertiaMs: 0, cooldownMs: 0 }
      }),
    })
  })
})
