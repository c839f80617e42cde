import { describe, expect, it } from 'vitest'
import type { CameraFigures } from '../../scripts/bench/camera-figures.ts'
import { chart } from '../../scripts/performance/chart.ts'
import { check, verdict } from '../../scripts/performance/checks.ts'
import { num, percent, table } from '../../scripts/performance/markdown.ts'
import { age, outcomesOf } from '../../scripts/performance/outcomes.ts'
import { pageOf, summary } from '../../scripts/performance/page.ts'
import type { SavedResult } from '../../scripts/performance/results.ts'
import { settings } from '../../scripts/performance/settings.ts'

const machine = { cpu: 'a cpu', cores: 2, memoryGb: 8, node: 'v24.1.0', onnxruntime: '1.30.0', ffmpeg: '5.1' }
const sources = { commit: 'abc1234', changed: false }

const cameras: CameraFigures = {
  ...{ ratioToUsual: 0.3641, ratioToFloor: 1.2, modelRatio: 0.35, pssMegabytesPerCamera: 29.24, met: false },
  targets: { ratioToUsual: 0.25, ratioToFloor: 1.5, modelRatio: 1.3 },
  cameras: { ours: 16, usual: 4 },
  wish: { stream: 'd1', codec: 'h264', gop: 2, rate: 'vbr' },
  activity: 0.099,
  perCameraMinute: {
    ours: { cpuOutsideModels: 0.8, modelMs: 500, pssBytes: 29e6 },
    usual: { cpuOutsideModels: 2.2, modelMs: 1_467, pssBytes: 90e6 },
    floor: { cpuOutsideModels: 0.3, reading: 0.03, decoding: 0.27, modelMs: 640 },
  },
  events: { expected: 16, found: 14, false: 1, repeated: 0, delayMs: { p50: 600, p95: undefined } },
  base: { pssBytes: 500e6 },
  usualMotionShare: 0.3,
  ...{ modelRuns: {}, counters: {}, seconds: { ours: 126, usual: 126 } },
  material: { source: 'a test', loopSeconds: 126, bitRate: 800_000 },
  machine,
}
const gate = {
  ...{ missed: 2, late: 1, episodes: 64, falseOpeningsPerMinute: 0.4, lostPictures: 0 },
  delayMs: {
    'gop1-vbr': { median: 200, worst: 900, atMost: 1_500 },
    'gop1-cbr': { median: 300, worst: 1_800, atMost: 1_500 },
    'gop10-vbr': { median: 400, worst: 4_000, atMost: 10_500 },
    'gop2-vbr': { median: null, worst: null, atMost: 1_500 },
  },
  ...{ target: { missed: 0, episodes: 40 }, runs: [], machine },
}
const shares = {
  ...{ ratio: 0.93, cpuRatio: 0.95, spread: [0.9, 1], runsPerFrame: 1.2, rounds: 30 },
  frameMs: { wall: 30, bare: 28, model: 28, pre: 1, post: 1 },
}
const pool = {
  ...{ oneWorker: 0.93, twoWorkers: 0.949, target: { oneWorker: 0.9, twoWorkers: 0.95 }, seconds: 60 },
  ...{ one: shares, two: shares, frame: '1280×720', machine },
}
const latency = {
  ...{ oneCameraP95Ms: 350, targets: { oneCameraP95Ms: 400, heldP95Ms: 1_000 } },
  ...{ held: { cameras: 9, atLeast: false }, wish: { stream: 'd1', codec: 'h264' } },
  floorMs: { objects: 22, faces: 40, jpeg: 3, commit: 0.2, roundTrip: 1, all: 66.2 },
  steps: [{ cameras: 1, seconds: 75, latencyMs: { samples: 0 }, fps: { mean: 5, worst: 5 }, holds: true }],
  machine,
}
const grown = { perMinute: 1, errorPerMinute: 0, most: 9e6, firstMost: 1e6, lastMost: 9e6, grows: true }
const overload = {
  ...{ fairness: 0.85, toldOf: 0.9, memoryMegabytesPerMinute: -0.2, growing: ['unreadBytes'] },
  targets: { fairness: 0.8, toldOf: 0.95, memoryMegabytesPerMinute: 1, growing: 0 },
  ...{ cameras: 27, times: 3, box: { cameras: 9 }, seconds: 300.2, wish: { stream: 'd1', codec: 'h264' } },
  ...{ rate: { mean: 1.6, least: 1.4, most: 1.8 }, ideal: { rate: 1.9, share: 0.84 } },
  ...{ events: { expected: 10, found: 9, false: 0 }, replacedShare: 0.6, lostShare: 0, meanWaitMs: 300 },
  ...{ queues: { unreadBytes: { bound: 16e6, ...grown }, outboxPending: grown }, machine },
}
const hour = { share: 0.3, coverage: 0.97, fps: 3.1, processor: 0.9, limit: 'models', mostWatched: 44 }
const prediction = {
  ...{ cameras: 48, stream: 'd1', alerts: 200, growth: 0.9, disk: { saveP95Ms: 4 } },
  hours: [{ hour: 'busy', ...hour, mostAtFullRate: 20 }],
  ...{ measured: { cores: 2, workers: 2, others: 0.04 }, machine },
}

const settingOf = (name: string) => settings.find((setting) => setting.name === name)!
/** As it comes off the disk. */
const saved = (name: string, figures: object, more: Partial<SavedResult> = {}): SavedResult => {
  const { command } = settingOf(name)
  return {
    at: '2026-11-24T19:26:04.120Z',
    command,
    sources,
    figures: JSON.parse(JSON.stringify(figures)),
    ...more,
  }
}
type Results = Readonly<Record<string, SavedResult>>
const complete: Results = {
  'cameras-d1': saved('cameras-d1', cameras),
  gate: saved('gate', gate),
  pool: saved('pool', pool),
  latency: saved('latency', latency),
  overload: saved('overload', overload),
  prediction: saved('prediction', prediction),
}
const outcomes = (results: Results) => outcomesOf(settings, (name) => results[name])
const textOf = (results: Results) => pageOf(outcomes(results)).text
const line = (text: string, start: string) => text.split('\n').find((one) => one.startsWith(start))

describe('a figure beside its target', () => {
  it('is met, or missed by so much of the target, or by so many where none was wanted', () => {
    const words = (claim: Omit<Parameters<typeof check>[0], 'what'>) => {
      const one = check({ what: 'a', ...claim })
      return one && verdict(one)
    }
    expect(words({ value: 0.25, atMost: 0.25 })).toBe('met')
    expect(words({ value: 0.3641, atMost: 0.25 })).toBe('**missed by 46 %**')
    expect(words({ value: 0.2501, atMost: 0.25 })).toBe('**missed by less than 1 %**')
    expect(words({ value: 0.45, atLeast: 0.9 })).toBe('**missed by 50 %**')
    expect(words({ value: 2, atMost: 0 })).toBe('**missed by 2**')
    expect(words({ value: 0.99, below: 1 })).toBe('met')
    expect(words({ value: 1, below: 1 })).toBe('**missed by less than 1 %**')
    expect(words({ value: 3 })).toBeUndefined()
  })

  it('that is not there has met nothing', () => {
    for (const value of [undefined, null, Number.NaN, Number.POSITIVE_INFINITY])
      expect(check({ what: 'a', value, atMost: 1 })).toMatchObject({ measured: '–', verdict: 'not measured' })
  })
})

describe('numbers and tables', () => {
  it('keep three digits that mean something, and whole numbers', () => {
    expect([0.079_69, 29.236, 1_467.4, 0, -0.2].map((value) => num(value, ' s'))).toEqual([
      '0.0797 s',
      '29.2 s',
      '1467 s',
      '0 s',
      '-0.2 s',
    ])
    expect([num(null), num(Number.NaN), percent(undefined), percent(0.456)]).toEqual(['–', '–', '–', '46 %'])
  })

  it('are not broken by what stands in a cell', () => {
    expect(table([['a'], ['b|c\nd']])).toBe('| a |\n|---|\n| b\\|c d |')
  })
})

describe('which result is of which setting', () => {
  it('is the one of its name, if it was run with just the options of the page', () => {
    const there = (result: SavedResult) => outcomes({ 'cameras-d1': result })[0].result !== undefined
    expect(there(saved('cameras-d1', cameras))).toBe(true)
    for (const more of [['--seconds', '20'], ['--gateway', '/elsewhere'], ['--drawn']])
      expect(there(saved('cameras-d1', cameras, { command: [...settings[0].command, ...more] }))).toBe(false)
    // Of before there were commands in it.
    expect(there(saved('cameras-d1', cameras, { command: undefined }))).toBe(false)
  })

  it('is not one that another version of the benchmark has left', () => {
    for (const { name } of settings)
      for (const figures of [{}, { wish: {} }, { targets: null }]) {
        const result = saved(name, figures)
        expect(outcomes({ [name]: result }).filter(({ result }) => result)).toEqual([])
      }
  })

  it('tells how old it is', () => {
    const ago = (minutes: number) =>
      age(complete.gate, Date.parse('2026-11-24T19:26:04.120Z') + minutes * 60_000)
    expect([0, 24, 180, 6_000].map(ago)).toEqual(['just now', '24 min ago', '3 h ago', '4 days ago'])
  })
})

describe('the page', () => {
  const text = textOf(complete)

  it('is headed as generated and begins with how many targets are met, what is missing, and the machine', () => {
    expect(text.split('\n')[0]).toBe('<!-- Written by `npm run docs:performance`; do not edit. -->')
    expect(line(text, '**')).toBe(
      `${summary(outcomes(complete))} All was measured on one machine (a cpu, 2 cores, 8 GB; Node 24.1.0, ONNX Runtime 1.30.0, ffmpeg 5.1) at commit abc1234.`,
    )
    expect(line(text, '**')).toContain(
      '**8 of 17 targets are met.** Not measured: D1, nothing moves; 1080p, nothing moves.',
    )
  })

  it('shows ratios before anything absolute, with their targets and by how much they were missed', () => {
    expect(text).toContain(
      '| D1, 10 % active: processor time beside the usual method | 0.364 | at most 0.25 | **missed by 46 %** |',
    )
    expect(text).toContain('| D1, 10 % active: visits told of | 14 of 16 | all | **missed by 13 %** |')
    expect(text).not.toContain('| D1, 10 % active: memory')
    expect(text).toContain('| the gate: openings missed, of 64 | 2 | none | **missed by 2** |')
    expect(text).toContain(
      '| the gate: worst delay, key picture each 1 s | 1.8 s | at most 1.5 s | **missed by 20 %** |',
    )
    expect(text).toContain(
      '| the gate: worst delay, key picture each 2 s | – | at most 1.5 s | not measured |',
    )
    expect(text).toContain('two workers | 0.949 | at least 0.95 | **missed by less than 1 %** |')
    expect(text).toContain('9 active cameras, the most it holds | – | at most 1000 ms | not measured |')
    expect(text).toContain(
      '| too many cameras: memory gained a minute, over 300 s | -0.2 MB | less than 1 MB | met |',
    )
    expect(text).toContain('| too many cameras: queues that grow | unread | none | **missed by 1** |')
    expect(text.indexOf('missed by 46 %')).toBeLessThan(text.indexOf('## What a camera costs'))
  })

  it('has a row for each target', () => {
    const quiet = (ratioToUsual: number) => {
      const nothing = { ...cameras.events, expected: 0, found: 0 }
      return { ...cameras, targets: { ratioToUsual, pssMegabytesPerCamera: 25 }, events: nothing }
    }
    const all = textOf({
      ...complete,
      'cameras-d1-quiet': saved('cameras-d1-quiet', quiet(1 / 8)),
      'cameras-1080p-quiet': saved('cameras-1080p-quiet', quiet(1 / 12)),
    })
    const section = all.slice(all.indexOf('## Ratios'), all.indexOf('## What a camera costs'))
    const rows = section
      .split('\n')
      .flatMap((row) => /^\| (.+?) \| .+? \| (.+?) \|/.exec(row)?.slice(1) ?? [])
    const [processor, models] = ['processor time beside', 'model time beside the usual method']
    const [delay, share] = [
      'the gate: worst delay, key picture each',
      'the vision pool: share of bare model runs',
    ]
    expect(rows.slice(2)).toEqual([
      ...[`D1, 10 % active: ${processor} the usual method`, 'at most 0.25'],
      ...[`D1, 10 % active: ${processor} the floor`, 'at most 1.5'],
      ...[`D1, 10 % active: ${models}`, 'at most 1.3'],
      ...['D1, 10 % active: visits told of', 'all'],
      ...[`D1, nothing moves: ${processor} the usual method`, 'at most 0.125'],
      ...['D1, nothing moves: memory of one more camera', 'at most 25 MB'],
      ...[`1080p, nothing moves: ${processor} the usual method`, 'at most 0.0833'],
      ...['1080p, nothing moves: memory of one more camera', 'at most 25 MB'],
      ...['the gate: openings missed, of 64', 'none', 'the gate: openings it was tried on', 'at least 40'],
      ...[
        `${delay} 1 s`,
        'at most 1.5 s',
        `${delay} 2 s`,
        'at most 1.5 s',
        `${delay} 10 s`,
        'at most 10.5 s',
      ],
      ...[`${share}, one worker`, 'at least 0.9', `${share}, two workers`, 'at least 0.95'],
      ...['alerts: p95 of their delay, one active camera', 'at most 400 ms'],
      ...['alerts: p95 of their delay, 9 active cameras, the most it holds', 'at most 1000 ms'],
      ...['too many cameras: rate of the worst camera beside the mean', 'at least 0.8'],
      ...['too many cameras: share of visits told of', 'at least 0.95'],
      ...['too many cameras: memory gained a minute, over 300 s', 'less than 1 MB'],
      ...['too many cameras: queues that grow', 'none'],
    ])
  })

  it('says which benchmark was not measured, in its place', () => {
    expect(line(text, '| D1, nothing moves |')).toBe('| D1, nothing moves | – | – | not measured |')
    const { gate: _, ...withoutGate } = complete
    expect(textOf(withoutGate)).toMatch(/## What the gate misses\n[^#]*\nNot measured\.\n/)
  })

  it('has the absolute figures, and how to measure each again', () => {
    expect(text).toContain('| D1, 10 % active | 0.8 s | 2.2 s | 0.3 s | 500 ms | 1467 ms | 640 ms |')
    expect(text).toContain('| unread | 1 MB | 9 MB | 9 MB | 16 MB | **yes** |')
    expect(text).toContain('| busy hour | 30 % | 0.97 | 3.1 | 90 % | – | models | 44 | 20 |')
    expect(text).toContain(
      '| D1, nothing moves | cameras-d1-quiet | not measured | – | `npm run bench:cameras -- --activity 0 --seconds 60` |',
    )
    expect(text).not.toMatch(/undefined|NaN|null|Infinity/)
  })

  it('names commit and machine in each row where they differ', () => {
    const other = { sources: { commit: 'fff0000', changed: true } }
    const elsewhere = saved('gate', { ...gate, machine: { ...machine, cpu: 'another' } }, other)
    const unknown = saved('pool', pool, { sources: undefined })
    const mixed = textOf({ 'cameras-d1': complete['cameras-d1'], gate: elsewhere, pool: unknown })
    expect(line(mixed, '| D1, 10 % active: visits')).toMatch(/\| abc1234 on A \|$/)
    expect(line(mixed, '| the gate: openings missed')).toMatch(/\| fff0000\* on B \|$/)
    expect(line(mixed, '| the vision pool: share')).toMatch(/\| unknown on A \|$/)
    expect(mixed).toContain('on several machines; each row says at which commit. A star: with changes')
    expect(mixed).toContain('- B: another, 2 cores')
    expect(mixed).toContain('| the gate | gate | 2026-11-24 | fff0000* | B | `npm run bench:gate` |')
  })

  it('has a picture only where a camera was measured', () => {
    const { 'cameras-d1': _, ...withoutCameras } = complete
    expect(pageOf(outcomes(withoutCameras))).toMatchObject({ chart: undefined })
    expect(textOf(withoutCameras)).not.toContain('performance.svg')
    expect(text).toContain('](performance.svg)')
  })
})

describe('the picture', () => {
  it('draws three bars for each camera, as long as their numbers, and survives odd ones', () => {
    const drawn = chart([
      { title: 'a < b', ours: 1, usual: 4, floor: 0.5 },
      { title: 'odd', ours: Number.NaN, usual: -1, floor: 0 },
    ])!
    const bars = drawn.matchAll(
      /<rect class="\w+" x="180" y="\d+" width="([\d.]+)" height="11"\/><text x="[\d.]+" y="\d+" font-size/g,
    )
    expect([...bars].map(([, width]) => Number(width))).toEqual([520, 130, 65, 0, 0, 0])
    expect(drawn).toContain('a &lt; b')
    expect(drawn).not.toContain('NaN')
    // Screen readers, and this repository's linter, take the title only as the first child.
    expect(drawn).toMatch(/^<svg [^>]*>\n<title>[^<]+<\/title>/)
    expect(chart([])).toBeUndefined()
  })

  it('has other colours where the viewer is dark, for everything that it draws', () => {
    const drawn = chart([{ title: 'a', ours: 1, usual: 4, floor: 0.5 }])!
    const [light, dark] = drawn.split('@media (prefers-color-scheme: dark)')
    const used = ['.page', 'text', ...[...dark.matchAll(/class="(\w+)"/g)].map(([, name]) => `.${name}`)]
    for (const name of used) for (const part of [light, dark]) expect(part).toContain(`${name} { fill: #`)
    expect(drawn).not.toMatch(/<[^>]*fill="/)
  })
})
