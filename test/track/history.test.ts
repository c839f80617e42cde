/** What is left of a track, and what a minute held: plain values. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foot } from '../../src/domain/geometry.ts'
import type { PathPoint } from '../../src/domain/structure.ts'
import type { Track } from '../../src/domain/track.ts'
import { TrackHistory } from '../../src/track/history.ts'
import { MinuteCounter } from '../../src/track/minute.ts'
import { Path } from '../../src/track/path.ts'

const start = Date.UTC(2026, 10, 26, 8)
const gate = {
  name: 'gate',
  polygon: [
    { x: 0.4, y: 0 },
    { x: 0.6, y: 0 },
    { x: 0.6, y: 1 },
    { x: 0.4, y: 1 },
  ],
}
const door = { name: 'door', a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } }
const places = { zones: [gate], lines: [door] }

/** A thing of a tenth of the picture whose foot stands there. */
function trackAt(x: number, y: number, change: Partial<Track> = {}): Track {
  const box = { x1: x - 0.025, y1: y - 0.1, x2: x + 0.025, y2: y }
  const times = { firstSeen: start, lastSeen: start }
  const rest = { confidence: 0.8, velocity: { x: 0, y: 0 }, seen: true }
  return { id: 1, label: 'person', box, anchor: foot(box), ...times, ...rest, ...change }
}

/** Walks to the right through the gate, 5 looks a second, 0.05 of the picture a second. */
function walk(history: TrackHistory, seconds = 16) {
  for (let i = 0; i <= seconds * 5; i++) history.update([trackAt(0.1 + i * 0.01, 0.8)], start + i * 200)
}

describe('a track that has ended', () => {
  it('leaves its way, its zones with the time in them, its lines and which way it went', () => {
    const history = new TrackHistory(places)
    walk(history)
    const { ended } = history.update([], start + 60_000)
    expect(ended).toHaveLength(1)
    const [summary] = ended
    expect(summary).toMatchObject({ track: 1, label: 'person', heading: 'right', pace: 'slow', stoodMs: 0 })
    expect([summary.began, summary.ended]).toEqual([start, start + 16_000])
    // Straight and even: two points say it all, but for what waits at most between two.
    expect(summary.path.length).toBeLessThanOrEqual(3)
    expect(summary.path[0]).toMatchObject({ time: start })
    expect(summary.path.at(-1)).toMatchObject({ time: start + 16_000 })
    expect(summary.zones).toEqual([{ zone: 'gate', dwellMs: expect.closeTo(4_000, -3) }])
    expect(summary.lines).toMatchObject([{ line: 'door', direction: 'left' }])
    expect(history.update([], start + 61_000).ended).toEqual([])
  })

  it('tells its type and colour as they were last known', () => {
    const history = new TrackHistory(places)
    const types = [undefined, 'truck', 'car'] as const
    types.forEach((type, i) => {
      history.update([trackAt(0.5, 0.8, { label: 'vehicle', type, colour: 'grey' })], start + i * 200)
    })
    expect(history.end()[0]).toMatchObject({ type: 'car', colour: 'grey' })
  })

  it('says of a person whether a face was seen, where anybody looked', () => {
    for (const faceSeen of [true, false]) {
      const history = new TrackHistory(places)
      history.update([trackAt(0.5, 0.8)], start)
      history.update([trackAt(0.5, 0.8, { faceSeen })], start + 200)
      expect(history.end()[0].faceSeen).toBe(faceSeen)
    }
    const history = new TrackHistory(places)
    history.update([trackAt(0.5, 0.8)], start)
    expect(history.end()[0]).not.toHaveProperty('faceSeen')
  })

  it('stands as long as it stands, also where it is long', () => {
    const history = new TrackHistory(places)
    for (let i = 0; i <= 3_600; i++)
      history.update([trackAt(0.5, 0.8, { label: 'vehicle' })], start + i * 1_000)
    const [summary] = history.end()
    expect(summary).toMatchObject({ pace: 'standing', stoodMs: 3_600_000 })
    expect(summary.heading).toBeUndefined()
    expect(summary.zones).toEqual([{ zone: 'gate', dwellMs: 3_600_000 }])
    expect(summary.path.length).toBeLessThan(100)
  })

  it('was nowhere while nobody looked', () => {
    const history = new TrackHistory(places)
    history.update([trackAt(0.5, 0.8)], start)
    history.update([trackAt(0.5, 0.8)], start + 30_000)
    const [summary] = history.end()
    expect(summary).toMatchObject({ stoodMs: 0, zones: [] })
  })

  it('begins where it was first detected, and the line it went over since counts', () => {
    const history = new TrackHistory(places)
    const first = { cameFrom: { x: 0.47, y: 0.8 }, firstSeen: start - 200 }
    history.update([trackAt(0.53, 0.8, first)], start)
    history.update([trackAt(0.56, 0.8)], start + 200)
    const [summary] = history.end()
    expect(summary.path[0]).toEqual({ x: 0.47, y: 0.8, time: start - 200 })
    expect(summary.lines).toEqual([{ line: 'door', direction: 'left', time: start }])
  })

  it('crosses no line by trembling on it, and none that it is only expected to cross', () => {
    const history = new TrackHistory(places)
    for (let i = 0; i < 50; i++)
      history.update([trackAt(0.5 + (i % 2 ? 0.001 : -0.001), 0.8)], start + i * 200)
    history.update([trackAt(0.3, 0.8)], start + 20_000)
    history.update([trackAt(0.7, 0.8, { seen: false })], start + 20_200)
    expect(history.end()[0].lines).toEqual([])
  })
})

describe('a path', () => {
  const steps = fc.array(
    fc.record({
      dx: fc.double({ min: -0.03, max: 0.03, noNaN: true }),
      dy: fc.double({ min: -0.03, max: 0.03, noNaN: true }),
      ms: fc.integer({ min: 1, max: 2_000 }),
    }),
    { maxLength: 150 },
  )

  it('is never further than 1 % of the picture from where the thing was, at its own time', () => {
    fc.assert(
      fc.property(steps, (moves) => {
        const path = new Path()
        const seen: PathPoint[] = [{ x: 0.5, y: 0.5, time: start }]
        for (const { dx, dy, ms } of moves) {
          const { x, y, time } = seen.at(-1)!
          seen.push({ x: x + dx, y: y + dy, time: time + ms })
        }
        for (const point of seen) path.add(point)
        const points = path.points()
        for (const point of seen) {
          const at = position(points, point.time)
          expect(Math.abs(at.x - point.x)).toBeLessThanOrEqual(0.01 + 1e-9)
          expect(Math.abs(at.y - point.y)).toBeLessThanOrEqual(0.01 + 1e-9)
        }
      }),
    )
  })

  it('has a limit, whatever the thing does', () => {
    const path = new Path()
    for (let i = 0; i < 20_000; i++) path.add({ x: (i * 0.37) % 1, y: (i * 0.61) % 1, time: start + i * 100 })
    expect(path.points().length).toBeLessThanOrEqual(257)
  })
})

/** Where a path says that the thing was. */
function position(points: readonly PathPoint[], time: number): { x: number; y: number } {
  const next = points.findIndex((point) => point.time >= time)
  const [from, to] = [points[Math.max(0, next - 1)], points[next]]
  const share = to.time === from.time ? 0 : (time - from.time) / (to.time - from.time)
  return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) }
}

describe('a minute', () => {
  it('is told once it is over: who began, how many at once, who came in, which way over the line', () => {
    const history = new TrackHistory(places)
    const counter = new MinuteCounter()
    const look = (tracks: Track[], time: number) => counter.count(history.update(tracks, time).steps, time)
    look([trackAt(0.3, 0.8), trackAt(0.1, 0.8, { id: 2, label: 'vehicle' })], start)
    look([trackAt(0.45, 0.8), trackAt(0.1, 0.8, { id: 3 })], start + 1_000)
    look([trackAt(0.7, 0.8), trackAt(0.1, 0.8, { id: 3 })], start + 2_000)
    const minute = look([trackAt(0.3, 0.8)], start + 61_000)
    expect(minute).toEqual({
      minute: start,
      labels: [
        { label: 'person', began: 2, most: 2 },
        { label: 'vehicle', began: 1, most: 1 },
      ],
      zones: [{ zone: 'gate', label: 'person', entered: 1, most: 1 }],
      lines: [{ line: 'door', label: 'person', left: 1, right: 0 }],
    })
    expect(counter.end()).toMatchObject({ minute: start + 60_000, lines: [{ left: 0, right: 1 }] })
  })

  it('without anything is not told', () => {
    const counter = new MinuteCounter()
    expect(counter.count([], start)).toBeUndefined()
    expect(counter.count([], start + 60_000)).toBeUndefined()
    expect(counter.end()).toBeUndefined()
  })
})
