/** Judges rules over finished tracks: what they would have raised, had they been in force. */
import type { Alert } from './domain/alert.ts'
import type { Camera } from './domain/camera.ts'
import { type Box, foot } from './domain/geometry.ts'
import type { PathPoint, TrackSummary } from './domain/structure.ts'
import type { Track } from './domain/track.ts'
import { AlertBook } from './rules/alerts.ts'
import { RuleEngine } from './rules/engine.ts'

/** As often as a camera is looked at when something moves. */
const stepMs = 200
/** After the last track is gone rules still end what is open; then nothing happens until the next one comes. */
const quietMs = 120_000

/** The alerts of all rules of the camera, in the order of their times. `tracks`: in the order in which they began. */
export function dryRun(
  camera: Pick<Camera, 'id' | 'rules' | 'zones' | 'lines' | 'calibration'>,
  tracks: readonly TrackSummary[],
): Alert[] {
  const engine = new RuleEngine(camera)
  let ids = 0
  const book = new AlertBook({ camera: camera.id, rules: camera.rules, newId: () => String(++ids) })
  const alerts: Alert[] = []
  let last = 0
  for (const { time, there } of moments(tracks)) {
    last = time
    alerts.push(...book.raise(engine.evaluate(there, time)))
  }
  return [...alerts, ...book.raise(engine.end('gateway-stopped', last))]
}

/** The tracks at each moment that matters. Ids are given anew: a camera begins to count again when its configuration changes. */
function* moments(tracks: readonly TrackSummary[]): Generator<{ time: number; there: Track[] }> {
  let next = 0
  let active: { id: number; walker: Walker }[] = []
  for (let time = tracks[0]?.began ?? 0; ; time += stepMs) {
    if (active.length === 0) {
      if (next >= tracks.length) break
      time = Math.max(time, tracks[next].began)
    }
    for (; next < tracks.length && tracks[next].began <= time; next++) {
      active.push({ id: next + 1, walker: new Walker(tracks[next]) })
    }
    active = active.filter(({ walker }) => walker.ended >= time)
    yield { time, there: active.map(({ id, walker }) => walker.at(id, time)) }
    if (active.length > 0) continue
    const until = Math.min(time + quietMs, tracks[next]?.began ?? Number.POSITIVE_INFINITY)
    for (let quiet = time + 1_000; quiet < until; quiet += 1_000) {
      time = quiet
      yield { time, there: [] }
    }
  }
}

/** Goes along a path; times only grow. */
class Walker {
  readonly #summary: TrackSummary
  #at = 0

  constructor(summary: TrackSummary) {
    this.#summary = summary
  }

  get ended(): number {
    return this.#summary.ended
  }

  at(id: number, time: number): Track {
    const { label, change, confidence, began, width, height, path } = this.#summary
    while (this.#at < path.length - 2 && path[this.#at + 1].time <= time) this.#at++
    const from = path[this.#at]
    const to = path[this.#at + 1] ?? from
    const anchor = between(from, to, time)
    const box: Box = {
      ...{ x1: anchor.x - width / 2, x2: anchor.x + width / 2 },
      ...{ y1: anchor.y - height, y2: anchor.y },
    }
    const seconds = (to.time - from.time) / 1_000
    const velocity =
      seconds > 0 ? { x: (to.x - from.x) / seconds, y: (to.y - from.y) / seconds } : { x: 0, y: 0 }
    return {
      id,
      label,
      confidence,
      box,
      anchor: foot(box),
      velocity,
      firstSeen: began,
      lastSeen: time,
      seen: true,
      ...(change && { change }),
    }
  }
}

function between(from: PathPoint, to: PathPoint, time: number): { x: number; y: number } {
  const share = to.time > from.time ? Math.min(1, Math.max(0, (time - from.time) / (to.time - from.time))) : 0
  return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) }
}
