/** A drawn street as tracks, without a tracker: some walk and ride to and fro, some stand, and now and then one is new. */
import type { Label } from '../../src/domain/detection.ts'
import { foot } from '../../src/domain/geometry.ts'
import type { Track } from '../../src/domain/track.ts'

export const streetFps = 5
const labels: readonly Label[] = ['person', 'person', 'person', 'two-wheeler', 'vehicle']
/** Of those that stand, each second is a thing: one that was left or one that is gone. */
const changes: readonly (Track['change'] | undefined)[] = ['came', undefined, 'went', undefined]
/** After so many seconds the next one comes in the place of one who left. */
const staySeconds = 40

export interface StreetFrame {
  readonly time: number
  readonly tracks: readonly Track[]
}

/** Frames from `from` (epoch ms) on, the same each time. */
export function street(things: number, seconds: number, from: number): StreetFrame[] {
  return Array.from({ length: seconds * streetFps }, (_, frame) => {
    const time = from + (frame * 1_000) / streetFps
    return { time, tracks: Array.from({ length: things }, (_, n) => thing(n, things, frame, time)) }
  })
}

function thing(n: number, things: number, frame: number, time: number): Track {
  const seconds = frame / streetFps
  const stay = Math.floor((seconds + n) / staySeconds)
  const stands = n % 4 === 3
  const x = stands ? 0.1 + (0.8 * n) / things : 0.5 + 0.45 * Math.sin(seconds / 6 + n)
  const y = 0.3 + (0.6 * n) / things
  const change = stands ? changes[Math.floor(n / 4) % changes.length] : undefined
  const label = change ? 'object' : labels[n % labels.length]
  const box = { x1: x - 0.02, y1: y - 0.1, x2: x + 0.02, y2: y }
  return {
    ...{ id: stay * things + n, label, confidence: 0.8, box, anchor: foot(box) },
    ...{ velocity: { x: 0, y: 0 }, firstSeen: time, lastSeen: time, seen: (frame + n) % 10 !== 0 },
    ...(change && { change }),
  }
}
