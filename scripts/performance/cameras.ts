/** The page about bench:cameras: what a camera costs beside the usual method and beside the floor. */
import type { CameraFigures } from '../bench/camera-figures.ts'
import type { Chapter } from './chapter.ts'
import type { Bar } from './chart.ts'
import { type Check, checks } from './checks.ts'
import { megabytes, none, num, percent, table } from './markdown.ts'
import { measured, type Outcome } from './outcomes.ts'

type Measured = ReturnType<typeof measured<CameraFigures>>

export function cameraChecks(title: string, figures: CameraFigures): Check[] {
  const { targets, events } = figures
  return checks([
    {
      what: `${title}: processor time beside the usual method`,
      value: figures.ratioToUsual,
      atMost: targets.ratioToUsual,
    },
    {
      what: `${title}: processor time beside the floor`,
      value: figures.ratioToFloor,
      atMost: targets.ratioToFloor,
    },
    {
      what: `${title}: model time beside the usual method`,
      value: figures.modelRatio,
      atMost: targets.modelRatio,
    },
    {
      what: `${title}: memory of one more camera`,
      value: figures.pssMegabytesPerCamera,
      atMost: targets.pssMegabytesPerCamera,
      unit: ' MB',
    },
    {
      what: `${title}: visits told of`,
      value: events.found,
      // Where nothing moves there is nothing to tell of.
      atLeast: events.expected || undefined,
      target: 'all',
      measured: `${events.found} of ${events.expected}`,
    },
  ])
}

export function cameraChapter(outcomes: readonly Outcome[]): Chapter {
  const all = measured<CameraFigures>(outcomes, 'cameras')
  return {
    title: 'What a camera costs',
    compared: `Simulated cameras play a visit and then an empty view, each at another place of the loop, and are watched in turn by the
gateway and by the usual method, which decodes every picture of every camera and searches five a second, at 640×360, for motion
(command line and detector as Frigate has them by default). The floor is what nothing can do without: taking the bytes off the
sockets, and decoding just the pictures that deserve a look. Processor time is without the models; what those take is beside what
the usual method would need for its pictures with motion. Memory is what one more camera adds. D1 is 704×576 at 0.8 Mb/s, 1080p
has 4 Mb/s, both H.264 with 25 pictures a second and a key picture each 2 s; 10 % active: somebody is in the picture a tenth of
the time.`,
    figures: all.length === 0 ? [] : [ratios(all), costs(all), others(all), ...sources(all)],
  }
}

export function cameraBars(outcomes: readonly Outcome[]): Bar[] {
  return measured<CameraFigures>(outcomes, 'cameras').map(([{ title }, { perCameraMinute }]) => {
    const { ours, usual, floor } = perCameraMinute
    return {
      title,
      ours: ours.cpuOutsideModels,
      usual: usual.cpuOutsideModels,
      floor: floor.cpuOutsideModels,
    }
  })
}

function ratios(all: Measured): string {
  const rows = all.map(([{ title }, { ratioToUsual, ratioToFloor, modelRatio, pssMegabytesPerCamera }]) => [
    title,
    ...[ratioToUsual, ratioToFloor, modelRatio].map((ratio) => num(ratio)),
    num(pssMegabytesPerCamera, ' MB'),
  ])
  const heading = ['the gateway', 'to the usual method', 'to the floor', 'models, to the usual method']
  return table([[...heading, 'memory of a camera'], ...rows])
}

function costs(all: Measured): string {
  const rows = all.map(([{ title }, { perCameraMinute }]) => {
    const { ours, usual, floor } = perCameraMinute
    return [
      title,
      ...[ours, usual, floor].map(({ cpuOutsideModels }) => num(cpuOutsideModels, ' s')),
      ...[ours, usual, floor].map(({ modelMs }) => num(modelMs, ' ms')),
    ]
  })
  const heading = ['per camera and minute', 'gateway', 'usual method', 'floor']
  return table([[...heading, 'models: gateway', 'models: usual method', 'models: floor'], ...rows])
}

function others(all: Measured): string {
  const rows = all.map(([{ title }, figures]) => {
    const { events, cameras, seconds, perCameraMinute, base, material } = figures
    const { p50, p95 } = events.delayMs
    return [
      title,
      `${num(material.bitRate / 1e6)} Mb/s, ${percent(figures.activity)} active`,
      `${cameras.ours} for ${num(seconds.ours, ' s')}; ${cameras.usual} for ${num(seconds.usual, ' s')}`,
      megabytes(perCameraMinute.usual.pssBytes),
      megabytes(base.pssBytes),
      events.expected ? `${events.found} of ${events.expected}` : none,
      `${num(events.false)} false, ${num(events.repeated)} repeated`,
      `${num(p50)} / ${num(p95, ' ms')}`,
    ]
  })
  const heading = ['camera', 'stream', 'cameras: gateway; usual', 'memory of a camera, usual method']
  const events = ['visits told of', 'alerts', 'delay, median / p95']
  return table([[...heading, 'gateway with one camera', ...events], ...rows])
}

/** Without the footage, cameras play a drawn scene. */
function sources(all: Measured): string[] {
  const named = new Set(all.map(([, { material }]) => material.source))
  return [`What they played: ${[...named].join('; ')}.`]
}
