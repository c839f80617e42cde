/** Events measured: precision, recall and delay of each kind, on annotated boxes, on boxes with planted faults, and end to end. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Box } from '../../../src/domain/geometry.ts'
import { chooseModels } from '../../../src/vision/tiers.ts'
import { MainPath, type Watched } from '../main-path.ts'
import { modelFiles } from '../models.ts'
import { seeded, spoil } from '../planted.ts'
import { type Sequence, sequenceOf } from '../sequences.ts'
import type { EvalSet } from '../sets.ts'
import { crossroads } from './places.ts'
import { plant, plantedAt, plantedThings, plantedTruths, plantedWatch } from './planted-things.ts'
import { annotatedBoxes, toldBy, toldOfBoxes } from './runs.ts'
import {
  earlyMs,
  lateMs,
  type Rates,
  ratesOf,
  type Score,
  score,
  sum,
  type Told,
  type Whereabouts,
} from './score.ts'
import { edge, slackMs, type TruthEvent, truthOf } from './truth.ts'

export const eventSources = ['annotated', 'spoilt', 'detected', 'planted'] as const
/** Where the boxes come from: annotation · the same with planted faults · models over the clip · models over clips with planted things. */
export type EventSource = (typeof eventSources)[number]

/** Stands for all clips of a source together. */
export const everyClip = 'all'

/** In the words of the command's help and of the page. */
export const eventMethod = `Happened: derived from the annotated people, without the code under test. The foot of each identity (middle of the lower edge
of its box, cut to the picture) against the same zones and lines in every clip, chosen before anything was measured. An
intrusion is a stay in the zone for longer than the inertia, loitering one for longer than the dwell too, a crossing a change of
sides of one who was clear of the line before and after, a crowd the time in which enough are inside. Neither right nor wrong are alerts about what is not
sure: feet within ${100 * edge.ofWidth} % of the picture's width or ${100 * edge.ofHeight} % of their own height from an edge, stays within ${slackMs} ms of the time
that is asked for, who comes back within the cooldown, and who is annotated as hidden. An alert is right where it names a box that overlaps the person by 0.3 or more (IoU), not ${earlyMs} ms too
early nor ${lateMs / 1_000} s too late, and only the first one about each event. Delay: from when it came true to the time of the alert, the inertia
included (intrusion and loitering 500 ms, crossing none, crowds 2 s; dwell 5 s); 5 looks a second. Spoilt: with the planted faults of eval:tracks, the sum of all runs. Detected: the
gateway's main path over the clip with the standard models, every look at the whole picture (what the gate leaves undecoded is measured by
bench:gate). How long a silence passes on from a lost track was chosen by these clips, annotated and detected. Planted: the same over
clips into which ffmpeg lets a real car drive, stand for 14 s and leave, or puts a bundle, or takes it away (a car has to stand in its
lane for 5 s; for bundles the whole picture is watched, with a dwell of 1 s). Nobody is near, but for one place at which people stand:
there a bundle lies open for four seconds only, less than the seven that it takes to be noticed.`

export interface EventFigures extends Rates {
  readonly source: EventSource
  readonly clip: string
  readonly kind: string
}

export interface Events {
  readonly seeds: number
  /** Behind which the events were detected. */
  readonly models?: readonly string[]
  readonly figures: readonly EventFigures[]
}

export interface MeasuringEvents {
  readonly sources: readonly EventSource[]
  readonly sets: readonly EvalSet[]
  readonly seeds: number
  readonly say: (text: string) => void
}

interface Judged {
  readonly source: EventSource
  readonly clip: string
  readonly watched: Watched
  readonly truths: readonly TruthEvent[]
  readonly where: Whereabouts
  /** Of each run. */
  readonly runs: readonly (readonly Told[])[]
}

export async function measureEvents({ sources, sets, seeds, say }: MeasuringEvents): Promise<Events> {
  const judged: Judged[] = []
  const sequences = sets.map((set) => ({ set, sequence: sequenceOf(set) }))
  for (const { sequence } of sequences) {
    if (sources.includes('annotated')) judged.push(onBoxes(sequence))
    if (sources.includes('spoilt')) judged.push(onSpoilt(sequence, seeds))
  }
  const wantsModels = sources.includes('detected') || sources.includes('planted')
  if (!wantsModels) return { seeds, figures: figuresOf(judged) }
  const models = await chooseModels(modelFiles(), { tier: 'standard' })
  const path = new MainPath(models)
  await path.start()
  try {
    if (sources.includes('detected'))
      for (const { set, sequence } of sequences) {
        say(`${set.name}: end to end`)
        judged.push({
          ...facts('detected', sequence),
          runs: [(await path.alerts(set.needs[1], crossroads)).flatMap(toldBy)],
        })
      }
    if (sources.includes('planted')) judged.push(...(await onPlanted(path, say)))
  } finally {
    await path.stop()
  }
  const names = [models.objects, models.faces].map(({ manifest }) => manifest.name)
  return { seeds, models: names, figures: figuresOf(judged) }
}

function facts(source: EventSource, sequence: Sequence): Omit<Judged, 'runs'> {
  const truths = crossroads.rules.flatMap((rule) => truthOf(sequence, rule, crossroads))
  return { source, clip: sequence.name, watched: crossroads, truths, where: annotation(sequence) }
}

function onBoxes(sequence: Sequence): Judged {
  return { ...facts('annotated', sequence), runs: [toldOfBoxes(sequence, crossroads, annotatedBoxes)] }
}

function onSpoilt(sequence: Sequence, seeds: number): Judged {
  const runs = Array.from({ length: seeds }, (_, i) => {
    const random = seeded(i + 1)
    return toldOfBoxes(sequence, crossroads, (frame) =>
      spoil(
        annotatedBoxes(frame).map(({ box }) => box),
        sequence,
        random,
      ),
    )
  })
  return { ...facts('spoilt', sequence), runs }
}

async function onPlanted(path: MainPath, say: (text: string) => void): Promise<Judged[]> {
  const folder = await mkdtemp(join(tmpdir(), 'skyeye-events-'))
  try {
    const judged: Judged[] = []
    for (const thing of plantedThings) {
      say(thing.name)
      const watched = plantedWatch(thing)
      const told = (await path.alerts(await plant(thing, folder), watched)).flatMap(toldBy)
      const [truths, where] = [plantedTruths(thing), plantedAt(thing)]
      judged.push({ source: 'planted', clip: thing.name, watched, truths, where, runs: [told] })
    }
    return judged
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Where each identity is annotated, at the frame next to a time and no further from it than a second. */
export function annotation({ frames, rate }: Sequence): Whereabouts {
  const boxes = frames.map(({ truths }) => new Map(truths.map(({ id, box }) => [id, box])))
  const nearest = (timeMs: number) => Math.round((timeMs * rate) / 1_000)
  return {
    at(who, timeMs) {
      for (let away = 0; away <= rate; away++) {
        const box: Box | undefined =
          boxes[nearest(timeMs) - away]?.get(who) ?? boxes[nearest(timeMs) + away]?.get(who)
        if (box) return box
      }
      return undefined
    },
    ignored: (timeMs) => frames[nearest(timeMs)]?.ignored ?? [],
  }
}

/** For each source and kind: of all clips together, then clip by clip. */
function figuresOf(judged: readonly Judged[]): EventFigures[] {
  const scored = judged.flatMap(({ source, clip, watched, truths, where, runs }) =>
    [...new Set(watched.rules.map(({ kind }) => kind))].map((kind) => {
      const rules = watched.rules.filter((rule) => rule.kind === kind).map(({ name }) => name)
      const mine = truths.filter(({ rule }) => rules.includes(rule))
      const scores = runs.map((told) =>
        score(
          mine,
          told.filter(({ rule }) => rules.includes(rule)),
          where,
        ),
      )
      return { source, clip, kind, score: sum(scores) }
    }),
  )
  const bySource = Map.groupBy(scored, ({ source, kind }) => `${source} ${kind}`)
  return [...bySource.values()].flatMap((clips) => {
    const [{ source, kind }] = clips
    const line = (clip: string, total: Score) => ({ source, clip, kind, ...ratesOf(total) })
    return [
      line(everyClip, sum(clips.map((one) => one.score))),
      ...clips.map((one) => line(one.clip, one.score)),
    ]
  })
}
