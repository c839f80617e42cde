/** Counts what a camera saw, minute by minute. */
import type { Label } from '../domain/detection.ts'
import type { MinuteCounts } from '../domain/structure.ts'
import type { Step } from './history.ts'

const minuteMs = 60_000

interface Count {
  began: number
  most: number
}

export class MinuteCounter {
  #minute: number | undefined
  readonly #labels = new Map<Label, Count>()
  readonly #zones = new Map<string, Count>()
  readonly #lines = new Map<string, { left: number; right: number }>()

  /** What the tracks of one frame at `time` (epoch ms) did. Returns the minute that ended before it; minutes without anything are not told. */
  count(steps: readonly Step[], time: number): MinuteCounts | undefined {
    const minute = Math.floor(time / minuteMs) * minuteMs
    const ended = this.#minute !== undefined && minute !== this.#minute ? this.end() : undefined
    this.#minute = minute
    for (const { track, isNew, zones, entered, crossed } of steps) {
      if (isNew) of(this.#labels, track.label).began++
      for (const zone of entered) of(this.#zones, keyOf(zone, track.label)).began++
      for (const zone of zones) of(this.#zones, keyOf(zone, track.label))
      for (const { line, direction } of crossed) {
        const key = keyOf(line, track.label)
        const count = this.#lines.get(key) ?? { left: 0, right: 0 }
        count[direction]++
        this.#lines.set(key, count)
      }
    }
    this.#most(steps)
    return ended
  }

  /** The minute so far; undefined where it held nothing. */
  end(): MinuteCounts | undefined {
    const minute = this.#minute
    const isEmpty = this.#labels.size === 0 && this.#lines.size === 0
    const counts = {
      labels: [...this.#labels].map(([label, count]) => ({ label, ...count })),
      zones: [...this.#zones].map(([key, { began, most }]) => ({
        ...partsOf(key, 'zone'),
        entered: began,
        most,
      })),
      lines: [...this.#lines].map(([key, ways]) => ({ ...partsOf(key, 'line'), ...ways })),
    }
    this.#minute = undefined
    this.#labels.clear()
    this.#zones.clear()
    this.#lines.clear()
    return minute === undefined || isEmpty ? undefined : { minute, ...counts }
  }

  #most(steps: readonly Step[]): void {
    const labels = new Map<Label, number>()
    const zones = new Map<string, number>()
    for (const { track, zones: places } of steps) {
      labels.set(track.label, (labels.get(track.label) ?? 0) + 1)
      for (const zone of places) {
        const key = keyOf(zone, track.label)
        zones.set(key, (zones.get(key) ?? 0) + 1)
      }
    }
    for (const [label, now] of labels) raise(of(this.#labels, label), now)
    for (const [key, now] of zones) raise(of(this.#zones, key), now)
  }
}

function of<Key>(counts: Map<Key, Count>, key: Key): Count {
  const known = counts.get(key)
  if (known) return known
  const fresh = { began: 0, most: 0 }
  counts.set(key, fresh)
  return fresh
}

function raise(count: Count, now: number): void {
  count.most = Math.max(count.most, now)
}

/** Labels have no slash. */
const keyOf = (place: string, label: Label) => `${label}/${place}`

function partsOf<Name extends 'zone' | 'line'>(
  key: string,
  name: Name,
): Record<Name, string> & { label: Label } {
  const slash = key.indexOf('/')
  return { [name]: key.slice(slash + 1), label: key.slice(0, slash) as Label } as Record<Name, string> & {
    label: Label
  }
}
