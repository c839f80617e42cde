/** One run of bench:gate: a coded clip through gate, decoder, models, tracker and a rule, in the time of the clip. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Attention } from '../../src/attention/attention.ts'
import { PacketActivity } from '../../src/attention/packet-activity.ts'
import type { Camera } from '../../src/domain/camera.ts'
import type { CodedPicture } from '../../src/domain/coded-picture.ts'
import type { Label } from '../../src/domain/detection.ts'
import type { Frame } from '../../src/domain/frame.ts'
import { wholePicture } from '../../src/domain/geometry.ts'
import type { Rule } from '../../src/domain/rule.ts'
import type { Track } from '../../src/domain/track.ts'
import { GatedDecoder, type GatedPicture } from '../../src/ingest/gated-decoder.ts'
import { Mask } from '../../src/ingest/mask.ts'
import type { Choice, CodedFacts, Gate } from '../../src/ingest/ports.ts'
import { pipeline, type Stages } from '../../src/pipeline.ts'
import { stagesOf } from '../../src/stages.ts'
import type { VisionPool } from '../../src/vision/pool.ts'

/** Times are ms of the clip: when the coded picture arrived with which it was known. */
export interface Heard {
  readonly began: number
  /** Absent where it was open to the end. */
  readonly ended: number | undefined
}

export interface GateRun {
  readonly alerts: readonly Heard[]
  /** When something was followed that moved. */
  readonly moving: readonly number[]
  /** When the gate opened. */
  readonly openings: readonly number[]
  /** Of the coded pictures. */
  readonly decodedShare: number
  readonly modelRuns: number
  /** Pictures that were asked for and never came. */
  readonly lost: number
}

export const fps = 5
/** Followed things that get further than this in two seconds (0..1 of the picture) move. */
const movedBy = 0.03
const movedWithinMs = 2_000
/** A decoder that reorders holds a picture back until its successors come. */
const patienceMs = 2_000

const camera: Camera = {
  ...{ id: 'gate', name: 'gate', tier: 'public', url: 'file:gate', enabled: true, tags: [], grid: {} },
  ...{ masks: [], lines: [] },
  zones: [
    {
      name: 'all',
      polygon: [
        { x: 0, y: 0.12 },
        { x: 1, y: 0.12 },
        { x: 1, y: 1 },
        { x: 0, y: 1 },
      ],
    },
  ],
  rules: [],
}

/** Decodes everything and looks at the whole picture five times a second: what the gate is measured against. */
function alwaysOpen(): Stages['attention'] & Gate {
  let cell = Number.NEGATIVE_INFINITY
  return {
    isOpen: true,
    coded: ({ timeMs }: CodedFacts): Choice => {
      const now = Math.floor((timeMs * fps) / 1_000 + 0.25)
      const due = now > cell
      cell = Math.max(cell, now)
      return due ? 'show' : 'decode'
    },
    shown: () => ({ open: false, look: [wholePicture] }),
    follow: () => {},
  }
}

/** The clip as a camera with an intrusion rule over the whole picture. `gated` = the product's attention, else everything. */
export async function playGate(
  pictures: readonly CodedPicture[],
  label: Label,
  vision: VisionPool,
  gated: boolean,
): Promise<GateRun> {
  const rule: Rule = {
    ...{ name: 'someone', kind: 'intrusion', zone: 'all', labels: [label] },
    ...{ inertiaMs: 400, cooldownMs: 0, severity: 'minor', duty: 'public-order' },
  }
  const attention = gated ? new Attention([rule], {}, new PacketActivity()) : alwaysOpen()
  const started = pictures[0].arrivedAt
  const heard = new Map<string, { began: number; ended: number | undefined }>()
  const openings: number[] = []
  const moving: number[] = []
  const places = new Map<number, { time: number; x: number; y: number }[]>()
  let now = 0
  let ready: GatedPicture[] = []
  let failure: Error | undefined
  const decoder = new GatedDecoder({
    gate: attention,
    mask: new Mask([]),
    pixels: { take: (bytes) => new Uint8Array(bytes), give: () => {} },
    ...{ maxWidth: 1_280, fps },
    onPicture: (picture) => ready.push(picture),
    onFailure: (error) => {
      failure = error
    },
  })
  const save: Stages['save'] = async ({ id, phase }) => {
    if (phase === 'began') heard.set(id, { began: now, ended: undefined })
    else if (phase === 'ended') heard.set(id, { began: heard.get(id)?.began ?? now, ended: now })
  }
  const follow = (tracks: readonly Track[], time: number) => {
    attention.follow(tracks, time)
    if (tracks.some((track) => hasMoved(places, track, time))) moving.push(now)
  }
  const stages = stagesOf({ camera: { ...camera, rules: [rule] }, vision, attention: { follow }, save })
  const before = vision.stats().runs
  for (const picture of pictures) {
    now = picture.arrivedAt - started
    const { openings: opened } = decoder.counters
    decoder.take(picture)
    await Promise.race([decoder.settled(), sleep(patienceMs, undefined, { ref: false })])
    if (failure) throw failure
    if (decoder.counters.openings > opened) openings.push(now)
    const batch = ready
    ready = []
    await pipeline(framesOf(batch), stages)
  }
  const { coded, decoded, lost } = decoder.counters
  await decoder.stop()
  const modelRuns = vision.stats().runs - before
  return { alerts: [...heard.values()], moving, openings, decodedShare: decoded / coded, modelRuns, lost }
}

async function* framesOf(pictures: readonly GatedPicture[]): AsyncGenerator<Frame> {
  for (const [index, picture] of pictures.entries())
    yield { ...picture, camera: 'gate', generation: 1, index }
}

function hasMoved(
  places: Map<number, { time: number; x: number; y: number }[]>,
  track: Track,
  time: number,
): boolean {
  const { id, box, seen } = track
  if (!seen) return false
  const [x, y] = [(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2]
  const way = (places.get(id) ?? []).filter((place) => time - place.time <= movedWithinMs)
  way.push({ time, x, y })
  places.set(id, way)
  return way.some((place) => Math.hypot(place.x - x, place.y - y) > movedBy)
}
