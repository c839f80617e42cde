/** Whatever the boxes, places and times: nothing throws, nothing begins twice, nothing ends that did not begin. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { RuleEvent } from '../../src/domain/alert.ts'
import { labels } from '../../src/domain/detection.ts'
import { foot, wholePicture } from '../../src/domain/geometry.ts'
import { Ground } from '../../src/domain/ground.ts'
import { type Rule, ruleKinds, severities } from '../../src/domain/rule.ts'
import { weekdays } from '../../src/domain/schedule.ts'
import { AlertBook } from '../../src/rules/alerts.ts'
import { RuleEngine } from '../../src/rules/engine.ts'
import { Tracker } from '../../src/track/tracker.ts'

// Thousandths, because fast-check's own doubles between 0 and 1 are nearly all next to 0.
const share = fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000)
const anyNumber = fc.oneof({ weight: 20, arbitrary: share }, fc.double())
const point = fc.record({ x: anyNumber, y: anyNumber })
const inside = fc.record({ x: fc.constantFrom(0.3, 0.5, 0.7), y: fc.constantFrom(0.4, 0.6, 0.8) })
const box = fc.record({ x1: anyNumber, y1: anyNumber, x2: anyNumber, y2: anyNumber })
/** The time of a frame, given the one before: mostly a little later, at times anything. */
const nextTime = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.integer({ min: 1, max: 2_000 }).map((later) => (before: number) => before + later),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 0, max: 20_000 }).map((back) => (before: number) => before - back),
  },
  { weight: 1, arbitrary: fc.oneof(fc.double(), fc.constant(8.64e15)).map((jump) => () => jump) },
)
const time = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 60_000 }) },
  fc.double(),
  fc.constant(8.64e15),
)
const track = fc
  .record({
    id: fc.integer({ min: 1, max: 4 }),
    label: fc.constantFrom(...labels, 'object' as const),
    confidence: anyNumber,
    box,
    velocity: point,
    firstSeen: time,
    lastSeen: time,
    seen: fc.boolean(),
    change: fc.constantFrom('came' as const, 'went' as const),
  })
  .map(({ change, ...parts }) => ({
    ...{ ...parts, anchor: foot(parts.box) },
    ...(parts.label === 'object' ? { change } : {}),
  }))
const schedule = fc.record({
  timeZone: fc.constantFrom('Asia/Shanghai', 'UTC', 'America/New_York'),
  days: fc.subarray([...weekdays]),
  hours: fc.array(fc.record({ from: fc.nat(1_439), to: fc.nat(1_440) }), { maxLength: 2 }),
})
const rule = fc
  .record({
    kind: fc.constantFrom(...ruleKinds),
    severity: fc.constantFrom(...severities),
    duty: fc.constantFrom('city', 'fire'),
    labels: fc.oneof(fc.constant(labels), fc.subarray([...labels], { minLength: 1 })),
    schedule: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, schedule),
    inertiaMs: fc.constantFrom(0, 500, 5_000),
    cooldownMs: fc.constantFrom(0, 1_000, 30_000),
    direction: fc.constantFrom('left', 'right', 'any'),
    dwellMs: fc.constantFrom(0, 1_000),
    count: fc.integer({ min: 1, max: 3 }),
    density: fc.constantFrom(undefined, 0.01, 1.5),
    hysteresis: fc.integer({ min: 0, max: 3 }),
    tolerance: anyNumber,
    minShare: fc.constantFrom(0, 0.002),
    inside: fc.constantFrom('left', 'right'),
    what: fc.constantFrom('in', 'out', 'occupancy'),
    resetAt: fc.nat(1_439),
    timeZone: fc.constantFrom('Asia/Shanghai', 'UTC'),
  })
  .map((parts) => {
    const place = ['line-crossing', 'counting'].includes(parts.kind) ? { line: 'line' } : { zone: 'zone' }
    return { ...parts, ...place } as const
  })
/** A zone that a good part of all anchors is in; arbitrary polygons seldom hold anything. */
const middle = [
  { x: 0.1, y: 0.1 },
  { x: 0.9, y: 0.1 },
  { x: 0.9, y: 0.9 },
  { x: 0.1, y: 0.9 },
]
/** So many metres wide and deep. */
const groundOf = (metres: number) =>
  middle.map((at) => ({ at, metres: { x: at.x * metres, y: at.y * metres } }))
const setting = fc
  .record({
    rules: fc
      .array(rule, { minLength: 1, maxLength: 4 })
      .map((rules) => rules.map((one, n) => ({ ...one, name: `rule ${n}` }) as unknown as Rule)),
    zones: fc
      .oneof({ weight: 2, arbitrary: fc.constant(middle) }, fc.array(point, { maxLength: 6 }))
      .map((polygon) => [{ name: 'zone', polygon }]),
    lines: fc.oneof(
      fc.constant([{ name: 'line', a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } }]),
      fc.record({ a: point, b: point }).map((ends) => [{ name: 'line', ...ends }]),
    ),
    mergeAlerts: fc.boolean(),
    alertsPerHour: fc.constantFrom(undefined, 1, 3),
    metres: fc.constantFrom(1, 2, 5),
  })
  .map(({ metres, ...places }) => {
    const calibration = groundOf(metres)
    // Without an area there is no density: the configuration refuses it.
    const isKnown = new Ground(calibration).squareMetres(places.zones[0].polygon) !== undefined
    const rules = isKnown ? places.rules : places.rules.map((rule) => ({ ...rule, density: undefined }))
    return { ...places, rules, calibration }
  })
const step = fc.record({
  tracks: fc.array(track, { maxLength: 5 }),
  next: nextTime,
  ends: fc.integer({ max: 20, min: 0 }),
})

/** Checks the order of began, updated and ended for each rule and subject. */
function checkOrder(events: readonly RuleEvent[], open: Set<string>): void {
  for (const { rule, subject, phase, because, reasons = [] } of events) {
    if (phase === 'ended') expect(reasons.filter(({ ended }) => ended === undefined)).toEqual([])
    const key = `${rule}/${subject}`
    expect(open.has(key), `${key} ${phase}`).toBe(phase !== 'began')
    expect(because !== undefined).toBe(phase === 'ended')
    if (phase === 'began') open.add(key)
    if (phase === 'ended') open.delete(key)
  }
}

/** So much began, by kind: a property of rules that never hold says nothing. */
class Began {
  readonly #counts = new Map<string, number>()

  count(events: readonly RuleEvent[]): void {
    for (const { kind, phase, reasons } of events) {
      if (phase === 'began') this.#add(kind)
      if (phase === 'updated' && reasons) this.#add('merged')
    }
  }

  /** Which of them fewer than so many began. */
  fewer(least: number, ...kinds: readonly string[]): string[] {
    return kinds.filter((kind) => (this.#counts.get(kind) ?? 0) < least)
  }

  #add(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
  }
}

it('begins and ends each alert exactly once for any tracks, geometry and times', () => {
  const began = new Began()
  fc.assert(
    fc.property(setting, fc.array(step, { minLength: 5, maxLength: 30 }), (places, steps) => {
      const engine = new RuleEngine(places)
      let ids = 0
      const book = new AlertBook({ camera: 'c', rules: places.rules, newId: () => String(++ids) })
      const open = new Set<string>()
      let clock = 1_000
      for (const { tracks, next, ends } of steps) {
        const time = next(clock)
        if (Math.abs(time) < 1e12) clock = time
        const events = [
          ...engine.evaluate(tracks, time),
          ...(ends === 0 ? engine.end('camera-lost', time) : []),
        ]
        checkOrder(events, open)
        const alerts = book.raise(events)
        expect(alerts).toHaveLength(events.length)
        for (const alert of alerts) expect((alert.ended ?? alert.time) >= alert.began).toBe(true)
        began.count(events)
      }
      checkOrder(engine.end('gateway-stopped', 0), open)
      expect(open.size).toBe(0)
    }),
    { numRuns: 1_200, seed: 3 },
  )
  expect(began.fewer(10, ...ruleKinds, 'digest')).toEqual([])
  expect(began.fewer(5, 'merged')).toEqual([])
})

it('keeps that order behind the real tracker on detections that wander', () => {
  const began = new Began()
  const detection = fc.record({ label: fc.constantFrom(...labels), confidence: anyNumber, box })
  const frame = fc.record({
    steps: fc.integer({ min: 1, max: 20 }),
    noise: fc.array(detection, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(
      setting,
      fc.array(frame, { minLength: 10, maxLength: 40 }),
      inside,
      (places, frames, from) => {
        const engine = new RuleEngine(places)
        const tracker = new Tracker()
        const open = new Set<string>()
        let time = 1_000
        for (const { steps, noise } of frames) {
          time += steps * 40
          const x = from.x + 0.1 * Math.sin(time / 1_000)
          const walker = {
            label: 'person',
            confidence: 0.9,
            box: { x1: x, y1: from.y - 0.2, x2: x + 0.1, y2: from.y },
          } as const
          const events = engine.evaluate(tracker.update([walker, ...noise], [wholePicture], time), time)
          checkOrder(events, open)
          began.count(events)
        }
      },
    ),
    { numRuns: 700, seed: 5 },
  )
  expect(began.fewer(10, 'intrusion', 'loitering', 'line-crossing')).toEqual([])
  expect(began.fewer(5, 'digest', 'merged')).toEqual([])
})
