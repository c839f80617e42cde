import { describe, expect, it } from 'vitest'
import { chapterText } from '../../scripts/accuracy/chapter.ts'
import { chart } from '../../scripts/accuracy/chart.ts'
import { events } from '../../scripts/accuracy/events.ts'
import { health } from '../../scripts/accuracy/health.ts'
import { pageOf } from '../../scripts/accuracy/page.ts'
import { summaries } from '../../scripts/accuracy/summary.ts'
import { tracking } from '../../scripts/accuracy/tracking.ts'
import { everyClip } from '../../scripts/eval/events/measure.ts'
import { targetsOf } from '../../scripts/eval/targets.ts'
import { accuracy, builtIn, faces, figures, objects } from './sample.ts'

const { text } = pageOf([builtIn, objects, faces])
/** Cells of the rows that begin so. */
const rows = (page: string, ...first: string[]) =>
  page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => first.every((cell, i) => cells[i + 1] === cell))

describe('docs/accuracy.md', () => {
  it('says of each target what was measured and whether it is met', () => {
    expect(rows(text, 'person AP50, PETS09-S2L1 at 640x384')[0].slice(2, 5)).toEqual([
      '0.7',
      'at least 0.65',
      'met',
    ])
    expect(rows(text, 'person AP50, MOT16-09 at 640x384')[0].slice(2, 5)).toEqual([
      ...['0.45', 'at least 0.5', '**missed by 10 %**'],
    ])
    expect(rows(text, 'vehicle AP50, traffic at 640x384')[0].slice(2, 5)).toEqual([
      ...['–', 'at least 0.55', 'not measured'],
    ])
  })

  it('has a row for each label, model and input size of a set', () => {
    const row = rows(text, 'vehicle', 'yolox-nano', '416x416')
    expect(row).toHaveLength(1)
    expect(row[0].slice(4, 13)).toEqual([
      ...['40', '0.660', '0.330', '0.88 / 0.85 (0.34)', '0.8 / 0.7 (0.1)'],
      ...['–', '0.500 (10)', '0.750 (20)', '0.800 (10)'],
    ])
  })

  it('leaves out sets that nothing was tried on, and labels of which there is nothing', () => {
    expect(text).toContain('### traffic')
    expect(text).not.toContain('### KITTI-17')
    const none = { ...figures(0), truths: 0, ap50: null }
    const empty = accuracy('other', {
      sizes: { '416x416': { voc: { pictures: 1, labels: { person: none } } } },
    })
    expect(pageOf([empty]).text).not.toContain('### voc')
  })

  it('tells what redaction leaves, by pair of models', () => {
    expect(rows(text, 'yolox-nano + yunet-n', 'faces_cctv')[0].slice(3, 7)).toEqual([
      '30',
      '3',
      '0.100',
      '5 %',
    ])
    const alone = pageOf([
      accuracy('one', { leaks: { one: { voc: { faces: 1, leaked: 0, rate: 0, hiddenShare: 0 } } } }),
    ]).text
    expect(rows(alone, 'one alone')).toHaveLength(1)
  })

  it('says with which weights, when and at which commit, and where only a part was looked at', () => {
    expect(rows(text, 'yolox-nano', '2026-11-26')[0]).toEqual(
      expect.arrayContaining(['abc1234', '`ffffffffffff`', '3.66 MB', 'every picture']),
    )
    const part = pageOf([{ ...objects, step: 16, sources: { commit: 'abc1234', changed: true } }]).text
    expect(rows(part, 'yolox-nano', '2026-11-26')[0]).toEqual(
      expect.arrayContaining(['abc1234*', 'one picture of 16']),
    )
  })

  it('tells machines apart where there are several', () => {
    const other = { ...objects, machine: { ...objects.machine, cpu: 'Another processor' } }
    const both = pageOf([faces, other]).text
    expect(both).toContain('2. Another processor, 2 cores')
    expect(rows(both, 'yolox-nano', '2026-11-26')[0].at(-2)).toBe('2')
  })

  it('tells how well things are followed, beside what is asked for, or that nobody measured it', async () => {
    expect(await chapterText(tracking, 'nowhere')).toEqual(['## Following', 'Not measured.'])
    const shares = { hota: 0.7, detA: 0.6, assA: 0.8, mota: 0.95, idf1: 0.92 }
    const followed = { fps: 5, frames: 568, ...shares, switchesPerMinute: 1.5 }
    const origin = { measured: '2026-11-26T10:00:00.000Z', machine: objects.machine }
    const figures = { seeds: 20, planted: { 'PETS09-S2L1': [followed] }, detector: 'yolox-nano' }
    const told = pageOf([objects], tracking.text({ ...origin, ...figures })).text
    expect(told).toContain('the mean of 20 runs. Detected: behind yolox-nano. Measured 2026-11-26;')
    const found = ['0.700', '0.600', '0.800', '0.950', '0.920', '1.5']
    expect(rows(told, 'planted', 'PETS09-S2L1')[0]).toEqual(expect.arrayContaining(found))
    expect(rows(told, 'IDF1 on PETS09-S2L1, planted boxes at 5 fps')[0]).toContain('**missed by 1 %**')
  })

  it('tells of alerts what happened, what was told and what the targets are', () => {
    const origin = { measured: '2026-11-26T10:00:00.000Z', machine: objects.machine }
    const counts = {
      truths: 20,
      found: 18,
      wrong: 2,
      neither: 3,
      precision: 0.9,
      recall: 0.9,
      medianDelayMs: 600,
    }
    const line = { source: 'annotated', clip: everyClip, kind: 'intrusion', ...counts } as const
    const told = pageOf([objects], events.text({ ...origin, seeds: 20, figures: [line] })).text
    expect(rows(told, 'annotated', 'intrusion', 'all')[0].slice(4, 11)).toEqual([
      ...['20', '18', '2', '3', '0.900', '0.900', '600 ms'],
    ])
    expect(rows(told, 'recall of intrusion, annotated boxes, all clips')[0]).toContain('**missed by 5 %**')
    expect(rows(told, 'precision of intrusion, annotated boxes, all clips')[0]).toContain('met')
    expect(rows(told, 'median delay of intrusion, annotated boxes, all clips')[0]).toContain('600 ms')
    expect(rows(told, 'recall of intrusion, detected boxes, PETS09-S2L1')[0]).toContain('not measured')
  })

  it('tells what camera health finds, in both halves of the clips, and each run that went amiss', () => {
    const origin = { measured: '2026-11-26T10:00:00.000Z', machine: objects.machine }
    const half = (found: number, falseAlarms = 0) => ({ clips: 6, found, falseAlarms })
    const figures = {
      unmodified: [{ clip: 'a.mp4', falseAlarms: [] }],
      faults: [
        { planted: 'dark', fault: 'dark', chosen: half(6), heldOut: half(5), medianS: 4, slowestS: 12 },
        { planted: 'night', chosen: half(0), heldOut: half(0, 1) },
      ],
      amiss: [
        { clip: 'b.mp4', planted: 'dark', fault: 'dark', afterS: 12, falseAlarms: [] },
        { clip: 'b.mp4', planted: 'night', falseAlarms: [{ fault: 'frozen', atS: 40 }] },
      ],
    } as const
    const told = pageOf([objects], health.text({ ...origin, ...figures })).text
    const dark = rows(told, 'dark')[0]
    expect(dark).toEqual(expect.arrayContaining(['6 of 6', '5 of 6', '4 s', '12 s', '0']))
    expect(rows(told, 'night', 'nothing')[0].at(-2)).toBe('1')
    const found = rows(told, 'planted faults found within 10 s')[0]
    expect(found).toEqual(expect.arrayContaining(['11 of 12', '**missed by 8 %**']))
    const asTheyAre = rows(told, 'clips as they are of which something is told')[0]
    expect(asTheyAre).toEqual(expect.arrayContaining(['0 of 1', 'met']))
    expect(told).toContain('- b.mp4, dark: found after 12 s.')
    expect(told).toContain('- b.mp4, night: frozen told at 40 s.')
  })

  it('says that the built-in network is not measured where it is not', () => {
    expect(pageOf([objects]).text).toMatch(/## Targets of skyeye-nano\n\nNot measured\./)
  })
})

describe('the picture of docs/accuracy.md', () => {
  const drawing = chart([builtIn, objects]) ?? ''

  it('begins with its title', () => {
    expect(drawing).toMatch(/^<svg [^>]*>\n<title>AP50[^<]*<\/title>/)
  })

  it('has a bar as long as its figure, paler for the smaller of two sizes', () => {
    const long = (value: number) => Number((value * 520).toFixed(1))
    for (const [kind, value] of [
      ['m0', 0.7],
      ['m0 pale', 0.6],
      ['m1', 0.9],
    ] as const) {
      expect(drawing).toMatch(new RegExp(`<rect class="${kind}" x="190" y="\\d+" width="${long(value)}"`))
    }
  })

  it('is not there where nothing can be drawn', () => {
    expect(chart([accuracy('other', {})])).toBeUndefined()
    expect(pageOf([accuracy('other', {})]).text).not.toContain('accuracy.svg')
  })
})

describe('models/accuracy.json', () => {
  it('has numbers by name for each model, without those that are not there', () => {
    expect(summaries([objects, faces])).toEqual({
      'yolox-nano': {
        measured: '2026-11-26T10:00:00.000Z',
        figures: {
          'person AP50 on PETS09-S2L1, 416×416': 0.9,
          'vehicle AP50 on traffic, 416×416': 0.66,
        },
      },
      'yunet-n': {
        measured: '2026-11-26T10:00:00.000Z',
        figures: {
          'face recall at one false a picture on faces_cctv, 960×544': 0.9375,
          'faces visible after redaction with yolox-nano': 0.125,
        },
      },
    })
  })

  it('takes the figures at 640x384 where there are several sizes', () => {
    expect(Object.keys(summaries([builtIn])['skyeye-nano'].figures)).toEqual([
      ...['person AP50 on MOT16-09, 640×384', 'person AP50 on PETS09-S2L1, 640×384'],
    ])
  })
})

describe('the targets of the built-in network', () => {
  it('are met at the very figure, and the time is one of them', () => {
    const one = targetsOf(builtIn.sizes, builtIn.onePass).at(-1)
    expect(one).toMatchObject({ value: 0.25, target: 'at most 0.25', verdict: 'met' })
    expect(targetsOf({}, undefined).map(({ verdict, value }) => [verdict, value])).toEqual(
      Array.from({ length: 5 }, () => ['not measured', null]),
    )
  })
})
